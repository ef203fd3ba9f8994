using System.Text;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Audit.Export;

public sealed class CallExporterTests : IDisposable
{
    private readonly AuditScene scene = new();
    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow());
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-export-");
    private int status = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        scene.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Round_Records_AreSentAsTheyAreInTheFile()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        scene.Write(3);

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();
        (await exporter.RunRoundAsync(Token)).ShouldBeFalse();

        var request = server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/logs");
        Bodies(request).ShouldBe(scene.Lines);
        var record = Records(request)[0];
        record.GetProperty("eventName").GetString().ShouldBe("call");
        Attribute(record, "culvert.audit.sequence").ShouldBe("1");
        Attribute(record, "culvert.audit.node").ShouldBe("agent-1");
        Attribute(record, "culvert.route").ShouldBe("docs");
        Attribute(record, "culvert.decision").ShouldBe("allow");
        (exporter.Sent, exporter.Waiting, exporter.Failed).ShouldBe((3, 0, 0));
    }

    [Fact]
    public async Task Round_ATrace_IsTheRecordsOwn()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        var call = AuditScene.Record();
        call.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Add(call);

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();

        var record = Records(server.Requests[0])[0];
        record.GetProperty("traceId").GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        record.GetProperty("spanId").GetString().ShouldBe("b7ad6b7169203331");
    }

    [Fact]
    public async Task Round_SecretsOfACall_AreNotSent()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        var call = AuditScene.Record(session: "session-canary");
        call.Arguments = Encoding.UTF8.GetBytes("""{"query":"argument-canary"}""");
        Add(call);

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();

        var sent = Encoding.UTF8.GetString(server.Requests[0].Body);
        sent.ShouldContain("arguments_hash");
        sent.ShouldNotContain("session-canary");
        sent.ShouldNotContain("argument-canary");
    }

    [Fact]
    public async Task Round_ACollectorThatIsAway_GetsTheSameRecordsLater()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        scene.Write(2);
        status = 503;

        (await exporter.RunRoundAsync(Token)).ShouldBeFalse();
        scene.Write(1);
        exporter.Waiting.ShouldBe(3);
        status = 200;
        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();
        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();

        server.Requests.Skip(1).SelectMany(Bodies).ShouldBe(scene.Lines);
        (exporter.Sent, exporter.Failed, exporter.Waiting).ShouldBe((3, 1, 0));
    }

    [Fact]
    public async Task Round_AfterARestart_ContinuesBehindWhatTheCollectorHas()
    {
        await using var server = await StartAsync();
        scene.Write(2);
        using (var first = Exporter(server))
        {
            (await first.RunRoundAsync(Token)).ShouldBeTrue();
        }

        scene.Restart();
        scene.Write(2);
        using var second = Exporter(server);
        (await second.RunRoundAsync(Token)).ShouldBeTrue();

        server.Requests.SelectMany(Bodies).ShouldBe(scene.Lines);
        File.GetUnixFileMode(scene.Folder.Exported).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Round_FilesThatWereReplaced_AreSentFromTheFirstRecord()
    {
        await using var server = await StartAsync();
        scene.Write(2);
        await File.WriteAllTextAsync(scene.Folder.Exported, $"2 {new string('a', 64)}\n", Token);
        using var exporter = Exporter(server);

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();

        Bodies(server.Requests[0]).ShouldBe(scene.Lines);
    }

    [Fact]
    public async Task Round_APositionBehindTheEnd_IsNotBelieved()
    {
        await using var server = await StartAsync();
        scene.Write(2);
        await File.WriteAllTextAsync(scene.Folder.Exported, $"900 {new string('a', 64)}\n", Token);
        using var exporter = Exporter(server);

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();

        Bodies(server.Requests[0]).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Round_RecordsThatAreNotOnTheDisk_AreNotSent()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Trail.Add(AuditScene.Record());
        scene.Trail.WriteQueued().ShouldBeTrue();

        (await exporter.RunRoundAsync(Token)).ShouldBeFalse();
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        scene.Trail.WriteQueued().ShouldBeTrue();

        (await exporter.RunRoundAsync(Token)).ShouldBeTrue();
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Round_ManyRecords_AreSentInBoundedBatches()
    {
        await using var server = await StartAsync();
        using var exporter = Exporter(server);
        scene.Write(CallExporter.BatchRecords + 1);

        while (await exporter.RunRoundAsync(Token))
        {
            // Until nothing waits.
        }

        server.Requests.Select(request => Bodies(request).Count).ShouldBe([CallExporter.BatchRecords, 1]);
    }

    [Fact]
    public async Task Round_WithoutACollector_DoesNothing()
    {
        using var exporter = Create();
        scene.Write(1);

        (await exporter.RunRoundAsync(Token)).ShouldBeFalse();

        exporter.Waiting.ShouldBe(0);
        File.Exists(scene.Folder.Exported).ShouldBeFalse();
    }

    [Theory]
    [InlineData("export: [otlp]", true, 0)]
    [InlineData("export: []", false, 0)]
    [InlineData("export: [file]", false, 1)]
    public void Read_Export_NamesTheCollector(string written, bool hasCollector, int errors)
    {
        var read = Read(written, "http://127.0.0.1:4318");

        (read.Settings?.Collector is not null).ShouldBe(hasCollector);
        read.Errors.Count.ShouldBe(errors);
    }

    [Fact]
    public void Read_ExportWithoutACollector_IsRefused() =>
        Read("export: [otlp]", "").Errors.ShouldHaveSingleItem().ToString().ShouldContain("No collector is named");

    private void Add(CallRecord call)
    {
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Trail.Add(call);
        scene.Trail.WriteQueued().ShouldBeTrue();
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        scene.Trail.WriteQueued().ShouldBeTrue();
    }

    private Task<CollectorServer> StartAsync() =>
        CollectorServer.StartAsync(
            pki.Issue(dnsNames: ["localhost"], usages: [TestPki.ServerAuthentication]),
            pki.Issuing,
            context =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            }
        );

    private CallExporter Exporter(CollectorServer server)
    {
        var exporter = Create();
        exporter.Use(Read("export: [otlp]", $"https://localhost:{server.Port}").Settings!.Collector);
        return exporter;
    }

    private CallExporter Create() =>
        new(
            scene.Folder,
            () => scene.Trail.Durable,
            new NetworkSource(NetworkOptions.Default),
            scene.Time,
            NullLogger<CallExporter>.Instance
        );

    private (AuditSettings? Settings, IReadOnlyList<ConfigError> Errors) Read(string audit, string endpoint)
    {
        var roots = Path.Combine(folder.FullName, "roots.pem");
        File.WriteAllText(roots, pki.RootPem);
        var file = Path.Combine(folder.FullName, "agent.yaml");
        File.WriteAllText(file, $"config_version: 1\naudit:\n  {audit}\n");
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            root =>
                AuditReader.Read(
                    root,
                    name =>
                        name switch
                        {
                            "OTEL_EXPORTER_OTLP_ENDPOINT" => endpoint,
                            "OTEL_EXPORTER_OTLP_CERTIFICATE" => roots,
                            _ => null,
                        }
                ),
            new Dictionary<string, string>()
        );
        return (loaded.Settings, loaded.Errors);
    }

    private static List<JsonElement> Records(CollectorServer.Request request)
    {
        using var document = JsonDocument.Parse(request.Body);
        return
        [
            .. document
                .RootElement.GetProperty("resourceLogs")[0]
                .GetProperty("scopeLogs")[0]
                .GetProperty("logRecords")
                .EnumerateArray()
                .Select(record => record.Clone()),
        ];
    }

    private static List<string> Bodies(CollectorServer.Request request) =>
        [.. Records(request).Select(record => record.GetProperty("body").GetProperty("stringValue").GetString()!)];

    private static string? Attribute(JsonElement record, string key) =>
        record
            .GetProperty("attributes")
            .EnumerateArray()
            .Single(one => one.GetProperty("key").GetString() == key)
            .GetProperty("value")
            .GetProperty("stringValue")
            .GetString();
}
