using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>Each kind of target against a real one: a file system, a syslog server and a collector over TLS.</summary>
public sealed partial class AuditSinkTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-sinks-");
    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow());
    private readonly IReadOnlyList<ExportedEntry> entries = Chain(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string AuditFile => Path.Combine(folder.FullName, "audit.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task File_Batches_AreLinesForTheOwnerAlone()
    {
        var sink = new FileSink(new FileTarget(AuditFile));

        (await sink.SendAsync([.. entries.Take(2)], Token)).Error.ShouldBeNull();
        (await sink.SendAsync([.. entries.Skip(2)], Token)).Error.ShouldBeNull();

        File.GetUnixFileMode(AuditFile).ShouldBe(Own);
        ShouldProve(await File.ReadAllTextAsync(AuditFile, Token));
        using var line = JsonDocument.Parse(File.ReadLines(AuditFile).First());
        line.RootElement.GetProperty("event").GetString().ShouldBe("thing_happened");
        line.RootElement.GetProperty("organization_id").GetString().ShouldBe("org-1");
        line.RootElement.GetProperty("time").GetDateTimeOffset().ShouldBe(entries[0].At);
    }

    [Fact]
    public async Task File_RotatedFromOutside_IsBegunAnew()
    {
        var sink = new FileSink(new FileTarget(AuditFile));
        await sink.SendAsync([.. entries.Take(2)], Token);
        File.Move(AuditFile, AuditFile + ".1");

        await sink.SendAsync([.. entries.Skip(2)], Token);

        File.ReadLines(AuditFile).Count().ShouldBe(1);
        ShouldProve(File.ReadAllText(AuditFile + ".1") + File.ReadAllText(AuditFile));
    }

    [Fact]
    public async Task File_ThatEndsInHalfALine_GoesOnInALineOfItsOwn()
    {
        await File.WriteAllTextAsync(AuditFile, """{"node":"no""", Token);

        await new FileSink(new FileTarget(AuditFile)).SendAsync(entries, Token);

        ShouldProve(string.Join('\n', File.ReadLines(AuditFile).Skip(1)));
    }

    [Fact]
    public async Task File_WhereNoneCanBe_IsAFault()
    {
        var sink = new FileSink(new FileTarget(Path.Combine(folder.FullName, "absent", "audit.jsonl")));

        (await sink.SendAsync(entries, Token)).Error.ShouldNotBeNull().ShouldContain("absent");
        (await new FileSink(new FileTarget(folder.FullName)).SendAsync(entries, Token)).Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task Syslog_Batch_ArrivesAsFramedMessages()
    {
        await using var server = Syslog();

        (await Sink(server).SendAsync(entries, Token)).Error.ShouldBeNull();

        var messages = server.Messages.Select(message => Message().Match(message)).ToList();
        messages.ShouldAllBe(message => message.Success);
        messages.Count.ShouldBe(entries.Count);
        messages[0].Groups["time"].Value.ShouldBe($"{entries[0].At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
        ShouldProve(string.Join('\n', messages.Select(message => message.Groups["text"].Value)));
    }

    [Fact]
    public async Task Syslog_ServerOfAnotherAuthority_GetsNothing()
    {
        await using var server = Syslog();
        var other = new TestPki(TimeProvider.System.GetUtcNow(), "Other");

        (await Sink(server, roots: other).SendAsync(entries, Token))
            .Error.ShouldNotBeNull()
            .ShouldContain("certificate");
        (await Sink(server, caFile: null).SendAsync(entries, Token))
            .Error.ShouldNotBeNull()
            .ShouldContain("certificate");

        server.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Syslog_ServerOfAnotherName_GetsNothing()
    {
        await using var server = Syslog("elsewhere.example.com");

        (await Sink(server).SendAsync(entries, Token)).Error.ShouldNotBeNull().ShouldContain("certificate");

        server.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Syslog_ConnectionThatBreaks_IsAFault()
    {
        await using var server = Syslog();
        server.Breaks = true;

        (await Sink(server).SendAsync(entries, Token)).Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task Syslog_ServerThatNeverCloses_IsWaitedForAsLongAsTheCallerSays()
    {
        await using var server = Syslog();
        server.Hangs = true;
        using var limit = new CancellationTokenSource();
        var sending = Sink(server).SendAsync(entries, limit.Token).AsTask();
        await Eventually.UntilAsync(() => server.Messages.Count >= entries.Count, Token);
        sending.IsCompleted.ShouldBeFalse();
        await limit.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Syslog_Nobody_IsAFault()
    {
        var server = Syslog();
        var sink = Sink(server);
        await server.DisposeAsync();

        (await sink.SendAsync(entries, Token)).Error.ShouldNotBeNull().ShouldContain("refused");
    }

    [Fact]
    public async Task Collector_Batch_IsLogRecords()
    {
        await using var server = await Collector(_ => Task.CompletedTask);
        using var sink = Sink(server);

        (await sink.SendAsync(entries, Token)).ShouldBe(new AuditSent());

        var request = server.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/logs");
        request.ContentType.ShouldBe("application/json");
        request.Authorization.ShouldBe("Bearer a=b c");
        using var document = JsonDocument.Parse(request.Body);
        var resource = document.RootElement.GetProperty("resourceLogs")[0];
        Attributes(resource.GetProperty("resource"))["service.name"].ShouldBe("identity-service");
        var records = resource.GetProperty("scopeLogs")[0].GetProperty("logRecords").EnumerateArray().ToList();
        records.Count.ShouldBe(entries.Count);
        foreach (var (record, exported) in records.Zip(entries))
        {
            record
                .GetProperty("timeUnixNano")
                .GetString()
                .ShouldBe(exported.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + "000000");
            record.GetProperty("eventName").GetString().ShouldBe("thing_happened");
            var attributes = Attributes(record);
            attributes["culvert.audit.node"].ShouldBe("node-1");
            attributes["culvert.audit.sequence"].ShouldBe($"{exported.Entry.Sequence}");
            attributes["culvert.audit.hash"].ShouldBe(Convert.ToHexStringLower(exported.Entry.Hash));
            var body = record.GetProperty("body").GetProperty("stringValue").GetString()!;
            JournalChain
                .Digest(
                    Convert.FromHexString(attributes["culvert.audit.salt"]),
                    System.Text.Encoding.UTF8.GetBytes(body)
                )
                .ShouldBe(exported.Entry.BodyDigest);
        }
    }

    [Fact]
    public async Task Collector_ThatTakesAPart_IsNotSentTheRestAgain()
    {
        await using var server = await Collector(context =>
            context.Response.WriteAsync("""{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}""")
        );
        using var sink = Sink(server);

        (await sink.SendAsync(entries, Token)).ShouldBe(new AuditSent(Rejected: 2));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(307)] // where to is not asked
    [InlineData(429)]
    [InlineData(503)]
    public async Task Collector_ThatDoesNotTakeIt_IsAFault(int status)
    {
        await using var server = await Collector(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return context.Response.WriteAsync("what it says is not repeated");
        });
        using var sink = Sink(server);

        (await sink.SendAsync(entries, Token)).Error.ShouldBe($"The collector answered {status}.");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Collector_OfAnotherAuthority_GetsNothing()
    {
        await using var server = await Collector(_ => Task.CompletedTask);
        using var sink = Sink(server, new TestPki(TimeProvider.System.GetUtcNow(), "Other"));

        (await sink.SendAsync(entries, Token)).Error.ShouldNotBeNull().ShouldContain("certificate");

        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file:/var/log/audit.jsonl", "file:/var/log/audit.jsonl")]
    [InlineData("file:/var/../log/audit.jsonl", "file:/log/audit.jsonl")]
    [InlineData("syslog+tls://siem.example.com", "syslog+tls://siem.example.com:6514")]
    [InlineData("syslog+tls://siem.example.com:99?ca_file=/etc/ca.pem", "syslog+tls://siem.example.com:99")]
    [InlineData("otlp", "otlp")]
    public void Read_Target_IsNamed(string written, string name) =>
        Read($"[\"{written}\"]", ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"))
            .Targets.ShouldHaveSingleItem()
            .Name.ShouldBe(name);

    [Theory]
    [InlineData("[\"file:audit.jsonl\"]", "is not a target")]
    [InlineData("[\"file:/var/log/\"]", "is not a target")]
    [InlineData("[\"syslog://siem.example.com\"]", "is not a target")]
    [InlineData("[\"syslog+tls://me@siem.example.com\"]", "is not a target")]
    [InlineData("[\"syslog+tls://siem.example.com/x\"]", "is not a target")]
    [InlineData("[\"syslog+tls://siem.example.com?ca=/etc/ca.pem\"]", "is not a target")]
    [InlineData("[\"syslog+tls://siem.example.com?ca_file=ca.pem\"]", "is not a target")]
    [InlineData("[\"syslog+tls://siem.example.com?ca_file=/a&x=1\"]", "is not a target")]
    [InlineData("[otlp]", "No collector is named")]
    [InlineData("[\"file:/a\", \"file:/a\"]", "named twice")]
    [InlineData(
        "[\"file:/a\", \"file:/b\", \"file:/c\", \"file:/d\", \"file:/e\", \"file:/f\", \"file:/g\", \"file:/h\", \"file:/i\"]",
        "too many"
    )]
    public void Read_BadTarget_IsAFault(string written, string why) =>
        Read(written).Errors.ShouldHaveSingleItem().ToString().ShouldContain(why);

    [Fact]
    public void Read_CollectorByGrpc_IsAFault() =>
        Read(
            "[otlp]",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
        )
            .Errors.ShouldHaveSingleItem()
            .ToString()
            .ShouldContain("OTEL_EXPORTER_OTLP_PROTOCOL is neither http/protobuf nor http/json");

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "http://c:4318/v1/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4318/in", "http://c:4318/in")]
    public void Read_Collector_IsAsOpenTelemetrySays(string variable, string value, string endpoint) =>
        Read("[otlp]", (variable, value))
            .Targets.ShouldHaveSingleItem()
            .ShouldBeOfType<CollectorTarget>()
            .Collector.Endpoint.ToString()
            .ShouldBe(endpoint);

    private X509Certificate2 Certificate(string name) =>
        pki.Issue(dnsNames: [name], usages: [TestPki.ServerAuthentication]);

    private SyslogReceiver Syslog(string name = "localhost") => new(Certificate(name), pki.Issuing);

    private SyslogSink Sink(SyslogReceiver server, TestPki? roots = null) =>
        Sink(server, Write((roots ?? pki).RootPem));

    private static SyslogSink Sink(SyslogReceiver server, string? caFile) =>
        new(new SyslogTarget("localhost", server.Port, caFile), NetworkOptions.Default);

    private Task<CollectorServer> Collector(RequestDelegate answer) =>
        CollectorServer.StartAsync(Certificate("localhost"), pki.Issuing, answer);

    private CollectorSink Sink(CollectorServer server, TestPki? roots = null) =>
        new(
            Read(
                "[otlp]",
                ("OTEL_EXPORTER_OTLP_ENDPOINT", $"https://localhost:{server.Port}"),
                ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20a%3Db c,odd"),
                ("OTEL_EXPORTER_OTLP_CERTIFICATE", Write((roots ?? pki).RootPem))
            )
                .Targets.OfType<CollectorTarget>()
                .Single(),
            NetworkOptions.Default
        );

    private string Write(string pem)
    {
        var file = Path.Combine(folder.FullName, "roots.pem");
        File.WriteAllText(file, pem);
        return file;
    }

    private (IReadOnlyList<AuditTarget> Targets, IReadOnlyList<ConfigError> Errors) Read(
        string export,
        params (string Name, string Value)[] environment
    )
    {
        var file = Path.Combine(folder.FullName, "service.yaml");
        File.WriteAllText(file, $"config_version: 1\naudit: {{export: {export}}}\n");
        IReadOnlyList<AuditTarget> targets = [];
        var result = ConfigLoader.Load(
            ConfigLocation.Service,
            file,
            root =>
            {
                targets = AuditTargets.Read(
                    root,
                    name => environment.FirstOrDefault(variable => variable.Name == name).Value
                );
                return "";
            },
            new Dictionary<string, string>()
        );
        return (targets, result.Errors);
    }

    // What was sent, read by the program that verifies exports.
    private void ShouldProve(string lines)
    {
        var report = ChainVerifier.Verify(new StringReader(lines), []).ShouldHaveSingleItem();
        report.Entries.ShouldBe(entries.Count);
        report.Bodies.ShouldBe(entries.Count);
    }

    private static Dictionary<string, string> Attributes(JsonElement of) =>
        of.GetProperty("attributes")
            .EnumerateArray()
            .ToDictionary(
                one => one.GetProperty("key").GetString()!,
                one => one.GetProperty("value").GetProperty("stringValue").GetString()!
            );

    private static List<ExportedEntry> Chain(int length)
    {
        var (at, head) = (new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), JournalChain.Start);
        List<ExportedEntry> chain = [];
        for (var sequence = 1; sequence <= length; sequence++)
        {
            // A line break and a letter beyond ASCII: nothing of it may end a line or lengthen a frame.
            var body = JsonSerializer.SerializeToUtf8Bytes(new { detail = $"über\n{sequence}" });
            byte[] salt = [1, 2, (byte)sequence];
            var digest = JournalChain.Digest(salt, body);
            head = JournalChain.Next(head, digest);
            chain.Add(
                new ExportedEntry(
                    new AuditEntry
                    {
                        Node = "node-1",
                        Sequence = sequence,
                        Body = body,
                        Salt = salt,
                        BodyDigest = digest,
                        Hash = head,
                    },
                    "org-1",
                    "thing_happened",
                    at
                )
            );
        }

        return chain;
    }

    [GeneratedRegex(@"^<110>1 (?<time>\S+) [!-~]{1,255} identity-service - audit - (?<text>\{.*\})$")]
    private static partial Regex Message();
}
