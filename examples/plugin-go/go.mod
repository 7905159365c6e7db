module plugin-go

go 1.24
