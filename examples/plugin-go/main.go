package main

import (
	"example.com/pulumi-alicloud-live/sdk/go/alicloudlive"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// One session that watches two streams. It runs until the stack is destroyed.
func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		domain := config.Get(ctx, "domain")
		if domain == "" {
			domain = "play.example.com"
		}
		wall, err := alicloudlive.NewStreamMonitor(ctx, "wall", &alicloudlive.StreamMonitorArgs{
			Domain:         pulumi.String(domain),
			OutputTemplate: pulumi.String("lp_hd"),
			InputList: alicloudlive.InputConfigArray{
				alicloudlive.InputConfigArgs{
					InputUrl:   pulumi.String("rtmp://" + domain + "/show/camera-1"),
					StreamName: pulumi.String("camera 1"),
					LayoutId:   pulumi.Int(1),
				},
				alicloudlive.InputConfigArgs{
					InputUrl:   pulumi.String("rtmp://" + domain + "/show/camera-2"),
					StreamName: pulumi.String("camera 2"),
					LayoutId:   pulumi.Int(2),
				},
			},
			Running: pulumi.Bool(true),
		}, pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: "15m"}))
		if err != nil {
			return err
		}
		ctx.Export("monitorId", wall.MonitorId)
		ctx.Export("playUrl", wall.OutputUrls.FlvUrl())
		return nil
	})
}
