import pulumi
import pulumi_alicloud_live as live

domain = pulumi.Config().get("domain") or "play.example.com"

# One session that watches two streams. It runs until the stack is destroyed.
wall = live.StreamMonitor(
    "wall",
    domain=domain,
    output_template="lp_hd",
    input_list=[
        {"input_url": f"rtmp://{domain}/show/camera-1", "stream_name": "camera 1", "layout_id": 1},
        {"input_url": f"rtmp://{domain}/show/camera-2", "stream_name": "camera 2", "layout_id": 2},
    ],
    running=True,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(delete="15m")),
)

pulumi.export("monitorId", wall.monitor_id)
pulumi.export("playUrl", wall.output_urls.flv_url)
