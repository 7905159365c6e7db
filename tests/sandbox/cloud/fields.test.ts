import { FIELDS, INPUTS, Lab } from "./support/lab";

const MALFORMED = "400 InvalidParameter.Malformed";

describe("create", () => {
  test.each(["MonitorName", "OutputTemplate", "Domain", "InputList"])("needs %s", (name) => {
    const lab = new Lab();
    const { [name]: _left, ...rest } = FIELDS as Record<string, string>;
    expect(lab.call("Create", rest)).toMatchObject({
      httpStatus: 400,
      body: { Code: "MissingParameter", Message: `${name}.` },
    });
    expect(lab.say("Create", { ...FIELDS, [name]: "" })).toBe("400 MissingParameter");
    expect(lab.cloud.sessions.all()).toEqual([]);
  });

  test.each([
    ["OutputTemplate", "lp_xx"],
    ["InputList", "no JSON"],
    ["InputList", "{}"],
    ["InputList", "[]"],
    ["InputList", "[1]"],
    ["InputList", JSON.stringify([{ ...INPUTS[0], LayoutId: 0 }])],
    ["InputList", JSON.stringify([{ ...INPUTS[0], LayoutConfig: { PositionRefer: "center" } }])],
    ["InputList", JSON.stringify([{ ...INPUTS[0], PlayConfig: { VolumeRate: 1.1 } }])],
    ["InputList", JSON.stringify([{ ...INPUTS[0], PlayConfig: { VolumeRate: 0.123 } }])],
    ["MonitorConfig", "no JSON"],
    ["MonitorConfig", '"{}"'],
    ["CallbackUrl", "ftp://example.com"],
    ["DingTalkWebHookUrl", "example.com"],
  ])("refuses %s %s", (name, value) => {
    const lab = new Lab();
    expect(lab.say("Create", { ...FIELDS, [name]: value })).toBe(MALFORMED);
    expect(lab.cloud.sessions.all()).toEqual([]);
  });

  test("names every parameter that is wrong", () => {
    const { body } = new Lab().call("Create", { ...FIELDS, OutputTemplate: "x", MonitorConfig: "x" });
    expect(body.Message).toBe("There are invalid parameters: OutputTemplate, MonitorConfig.");
  });

  test("takes what is documented, and gives it back", () => {
    const lab = new Lab();
    const inputs = [
      {
        Index: 0,
        LayoutId: 1,
        StreamName: "one",
        InputUrl: "rtmp://play.example.com/a/b",
        LayoutConfig: {
          FillMode: "none",
          PositionNormalized: [0, 0],
          PositionRefer: "bottomRight",
          SizeNormalized: [0.5, 1],
        },
        PlayConfig: { VolumeRate: 0.55 },
      },
    ];
    const MonitorConfig = '{"fpsLowThres": 0.6, "brLowThres":1.1}';
    const urls = {
      CallbackUrl: "http://example.com/a",
      DingTalkWebHookUrl: "https://example.com/robot?access_token=t",
    };
    const MonitorId = lab.create({
      InputList: JSON.stringify(inputs),
      MonitorConfig,
      App: "live",
      Stream: "s",
      ...urls,
    });
    expect(lab.list()).toEqual([
      {
        MonitorId,
        MonitorName: "wall",
        Domain: "play.example.com",
        Status: 0,
        Region: "cn-shanghai",
        OutputTemplate: "lp_hd",
        AudioFrom: 1,
        MonitorConfig,
        InputList: inputs,
        OutputUrls: {
          FlvUrl: "http://play.example.com/live/s.flv",
          RtmpUrl: "rtmp://play.example.com/live/s",
        },
        ...urls,
      },
    ]);
  });

  test("App is `monitor` and Stream made up when they are not given", () => {
    const lab = new Lab();
    const id = lab.create({ App: "" });
    expect(lab.session(id)).toMatchObject({ App: "monitor", Stream: expect.stringMatching(/./) });
  });

  test("never starts, and two of one name are two", () => {
    const lab = new Lab();
    expect(lab.create()).not.toBe(lab.create());
    expect(lab.pass(60_000).list()).toMatchObject([{ Status: 0 }, { Status: 0 }]);
  });
});

describe("update", () => {
  test("needs InputList, and replaces it as a whole", () => {
    const lab = new Lab();
    const MonitorId = lab.create();
    expect(lab.say("Update", { MonitorId, MonitorName: "new" })).toBe("400 MissingParameter");
    const inputs = [{ InputUrl: "rtmp://play.example.com/a/two" }];
    expect(lab.update(MonitorId, { InputList: JSON.stringify(inputs) })).toBe("200");
    expect(lab.session(MonitorId)).toMatchObject({ MonitorName: "wall", InputList: inputs });
  });

  test("changes what is given, and keeps the rest", () => {
    const lab = new Lab();
    const MonitorId = lab.create({ App: "live", CallbackUrl: "https://example.com" });
    lab.update(MonitorId, { MonitorName: "new", OutputTemplate: "lp_ld" });
    expect(lab.session(MonitorId)).toMatchObject({
      MonitorName: "new",
      OutputTemplate: "lp_ld",
      App: "live",
      CallbackUrl: "https://example.com",
    });
  });

  test("refuses what create refuses, and changes nothing then", () => {
    const lab = new Lab();
    const MonitorId = lab.create();
    expect(lab.update(MonitorId, { MonitorName: "new", OutputTemplate: "lp_xx" })).toBe(MALFORMED);
    expect(lab.session(MonitorId)).toMatchObject({ MonitorName: "wall", OutputTemplate: "lp_hd" });
  });

  test("an empty name, domain or template is taken for none", () => {
    const lab = new Lab();
    const MonitorId = lab.create();
    expect(lab.update(MonitorId, { MonitorName: "", Domain: "", OutputTemplate: "" })).toBe("200");
    expect(lab.session(MonitorId)).toMatchObject({ MonitorName: "wall", Domain: "play.example.com" });
  });

  test("new inputs reach a running session at once", () => {
    const lab = new Lab();
    const MonitorId = lab.started();
    const inputs = [{ InputUrl: "rtmp://play.example.com/a/two" }];
    lab.update(MonitorId, { InputList: JSON.stringify(inputs) });
    expect(lab.list()).toMatchObject([{ Status: 1, InputList: inputs }]);
  });
});

test("names of objects in JavaScript are no actions", () => {
  const lab = new Lab();
  for (const action of ["constructor", "toString", "__proto__", ""]) {
    expect(lab.say(action)).toBe("404 InvalidApi.NotFound");
  }
});
