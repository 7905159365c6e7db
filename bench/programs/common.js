/** The same arguments for everyone who is measured. */
exports.count = Number(process.env.BENCH_N);
exports.args = (i) => ({
  domain: "play.example.com",
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: `rtmp://play.example.com/show/camera-${i}`, layoutId: 1 }],
});
