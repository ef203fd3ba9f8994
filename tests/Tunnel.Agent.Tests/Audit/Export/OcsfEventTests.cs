using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;

namespace Culvert.Tunnel.Agent.Tests.Audit.Export;

public sealed class OcsfEventTests
{
    [Fact]
    public void Render_ACall_HasWhatTheClassRequires()
    {
        using var scene = new AuditScene();
        scene.Write(1);
        var line = Line(scene);
        using var document = JsonDocument.Parse(OcsfEvent.Render(line));
        var root = document.RootElement;

        root.GetProperty("class_uid").GetInt32().ShouldBe(6003);
        root.GetProperty("category_uid").GetInt32().ShouldBe(6);
        root.GetProperty("activity_id").GetInt32().ShouldBe(99);
        root.GetProperty("activity_name").GetString().ShouldBe("tools/call");
        root.GetProperty("type_uid").GetInt32().ShouldBe(600399);
        root.GetProperty("severity_id").GetInt32().ShouldBe(1);
        root.GetProperty("time").GetInt64().ShouldBe(0);
        root.GetProperty("status_id").GetInt32().ShouldBe(1);
        var metadata = root.GetProperty("metadata");
        metadata.GetProperty("version").GetString().ShouldBe("1.6.0");
        metadata.GetProperty("product").GetProperty("vendor_name").GetString().ShouldBe("Culvert");
        metadata.GetProperty("uid").GetString().ShouldBe(line.Hash);
        metadata.GetProperty("sequence").GetInt64().ShouldBe(1);
        var actor = root.GetProperty("actor");
        actor.GetProperty("user").GetProperty("uid").GetString().ShouldBe("alice");
        actor.GetProperty("idp").GetProperty("name").GetString().ShouldBe("https://login.example.test");
        actor.GetProperty("app_uid").GetString().ShouldBe("inspector");
        var api = root.GetProperty("api");
        api.GetProperty("operation").GetString().ShouldBe("tools/call");
        api.GetProperty("request").GetProperty("uid").GetString().ShouldBe("a\n");
        api.GetProperty("service").GetProperty("name").GetString().ShouldBe("docs");
        root.GetProperty("resources")[0].GetProperty("name").GetString().ShouldBe("get0");
        root.GetProperty("src_endpoint").GetProperty("uid").GetString().ShouldBe("c1");
        root.GetProperty("dst_endpoint").GetProperty("hostname").GetString().ShouldBe("docs.example.test");
        root.GetProperty("unmapped").GetProperty("decision").GetString().ShouldBe("allow");
        root.GetProperty("unmapped").GetProperty("prev").GetString().ShouldBe(CallRecordLine.Start);
    }

    [Fact]
    public void Render_AJudgedAnswer_IsAmongTheOtherMembersAndInTheVerifiedChain()
    {
        using var scene = new AuditScene();
        var record = AuditScene.Record();
        record.Answer = new CallAnswer(1204, 88_310, 3, 4, new byte[] { 0, 255 }, "");
        record.AnswerShape = "{\"\":{\"object\":1}}"u8.ToArray();
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Trail.Add(record);
        scene.Write(1);

        using var document = JsonDocument.Parse(OcsfEvent.Render(Line(scene)));

        var others = document.RootElement.GetProperty("unmapped");
        others
            .GetProperty("answer")
            .GetRawText()
            .ShouldBe("{\"rows\":1204,\"rows_removed\":88310,\"fields_removed\":3,\"masked\":4,\"digest\":\"00ff\"}");
        others.GetProperty("answer_shape").GetRawText().ShouldBe("{\"\":{\"object\":1}}");
        scene.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tools/list", 2)]
    [InlineData("resources/read", 2)]
    [InlineData("prompts/get", 2)]
    [InlineData("tools/call", 99)]
    [InlineData("initialize", 99)]
    public void Render_AMethod_IsAnActivity(string method, int activity) =>
        Render($$"""{"type":"call","time":"2026-01-01T00:00:00Z","method":"{{method}}","end":"completed"}""")
            .GetProperty("activity_id")
            .GetInt32()
            .ShouldBe(activity);

    [Theory]
    [InlineData("""{"type":"call","decision":"allow","end":"completed","status":200}""", 1)]
    [InlineData("""{"type":"call","decision":"would_deny","end":"completed","status":200}""", 1)]
    [InlineData("""{"type":"call","decision":"deny","end":"completed","status":200}""", 2)]
    [InlineData("""{"type":"call","decision":"allow","end":"client_gone","status":200}""", 2)]
    [InlineData("""{"type":"call","decision":"allow","end":"completed","status":502}""", 2)]
    [InlineData("""{"type":"call","decision":"allow","end":"completed","status":200,"is_error":true}""", 2)]
    [InlineData("""{"type":"lost","records":3}""", 0)]
    public void Render_AnEnd_IsAStatus(string record, int status) =>
        Render(record).GetProperty("status_id").GetInt32().ShouldBe(status);

    [Fact]
    public void Render_AnIdThatIsNotUnicode_IsKeptAsWritten() =>
        Render("""{"type":"call","method":"ping","id":"\ud800"}""")
            .GetProperty("api")
            .GetProperty("request")
            .GetProperty("uid")
            .GetString()
            .ShouldBe(
                """
                "\ud800"
                """
            );

    [Fact]
    public void Render_ARecordOfTheAgent_NamesItsEvent()
    {
        var rendered = Render(
            """{"type":"drift","agent":"agent-1","event":"found","route":"docs","class":"risk_up"}"""
        );

        rendered.GetProperty("api").GetProperty("operation").GetString().ShouldBe("drift.found");
        rendered.GetProperty("src_endpoint").GetProperty("uid").GetString().ShouldBe("agent-1");
        rendered.GetProperty("actor").GetProperty("user").GetProperty("name").GetString().ShouldBe("tunnel-agent");
        rendered.GetProperty("unmapped").GetProperty("class").GetString().ShouldBe("risk_up");
    }

    private static RecordLine Line(AuditScene scene)
    {
        using var cursor = new RecordCursor(scene.Folder, 1);
        return cursor.Read(1, long.MaxValue)[0];
    }

    private static JsonElement Render(string record)
    {
        using var document = JsonDocument.Parse(
            OcsfEvent.Render(new RecordLine(1, "aa", Encoding.UTF8.GetBytes(record)))
        );
        return document.RootElement.Clone();
    }
}
