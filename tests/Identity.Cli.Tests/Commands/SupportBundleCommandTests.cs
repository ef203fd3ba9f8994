using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Platform.Secrets;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class SupportBundleCommandTests : CommandTest
{
    // Every kind of secret that a member, a log line or an answer could hold: none may be in the archive.
    private static readonly string[] Canaries =
    [
        "clv_tun_canaryCanaryCanary0001",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5",
        "canary-plain-password",
        "canary-query-secret",
        "canary-user:canary-pass",
        "Y2FuYXJ5IGtleSBib2R5",
        "canary-basic-credential-0123456789",
        "canary-member-secret",
        "canary-webhook-path",
    ];

    [Fact]
    public async Task Bundle_HoldsWhatHelps_AndNoCanary()
    {
        Script();
        var log = Stage.Write(
            "service.log",
            $$"""
            {"ts":"2000-01-01T00:00:00Z","msg":"long ago"}
            {"ts":"2999-01-01T00:00:00Z","msg":"Authorization: Bearer {{Canaries[0]}}","token":"{{Canaries[1]}}"}
            plain line password={{Canaries[2]}} url https://idp.test/cb?code=x&client_secret={{Canaries[3]}}
            proxy http://{{Canaries[4]}}@proxy.test:3128
            -----BEGIN PRIVATE KEY-----
            {{Canaries[5]}}
            -----END PRIVATE KEY-----
            Basic {{Canaries[6]}}
            """
        );
        var file = Path.Combine(Stage.Folder, "bundle.tar.gz");

        var run = await Stage.RunAsync("support-bundle", "--out", file, "--since", "1h", "--log", log);

        run.ExitCode.ShouldBe(0, run.Error);
        var texts = await ReadAsync(file);
        foreach (var canary in Canaries.Append(Harness.CliStage.Key))
        {
            texts.ShouldAllBe(entry => !entry.Value.Contains(canary, StringComparison.Ordinal), canary);
        }

        texts["logs/service.log"].ShouldNotContain("long ago");
        texts["logs/service.log"].ShouldContain("plain line");
        texts["tunnels.json"].ShouldContain("docs");
        texts["edges.json"].ShouldContain("not_read");
        texts["audit.json"].ShouldContain("tunnel_created");
        texts["webhooks.json"].ShouldContain("https://hook.test/");
        texts["audit.json"].ShouldNotContain("before the window");
        texts.Keys.ShouldContain("manifest.json");
        foreach (var first in new[] { "status.json", "versions.json", "jobs.json", "doctor.json" })
        {
            texts.Keys.ShouldContain(first);
        }

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Bundle_OfAProgramOfThisMachine_HasItsReadinessMetricsAndJournal()
    {
        Script();
        using var metrics = new MetricsText("Culvert.Health");
        await using var program = await HealthServer.StartAsync(
            new HealthOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
            new HealthEndpoints(
                new ProgramIdentity("tunnel-agent"),
                [ReadinessCheck.Create("edges", () => $"No edge is connected, password={Canaries[2]}")],
                metrics,
                TimeProvider.System
            ),
            TestContext.Current.CancellationToken
        );
        Stage.JournalCommand =
        [
            "/bin/sh",
            Stage.Write(
                "journal.sh",
                $"""
                case "$2" in
                  culvert-agent) echo "asked for $*"; echo "tunnel-agent[1]: Authorization: Bearer {Canaries[0]}" ;;
                  culvert-edge) echo "No journal files were found." >&2; exit 1 ;;
                esac
                """
            ),
        ];
        var file = Path.Combine(Stage.Folder, "bundle.tar.gz");

        var run = await Stage.RunAsync("support-bundle", "--out", file, "--health", program.Urls[0]);

        run.ExitCode.ShouldBe(0, run.Error);
        var texts = await ReadAsync(file);
        var health = $"health/127.0.0.1-{new Uri(program.Urls[0]).Port}";
        texts[$"{health}/readyz.json"].ShouldContain("\"status\":\"not_ready\",\"program\":\"tunnel-agent\"");
        texts[$"{health}/metrics.txt"].ShouldContain("culvert_readiness_check{check=\"edges\"} 0");
        texts["journal/culvert-agent.log"].ShouldContain("asked for --unit culvert-agent --since @");
        texts["journal/culvert-agent.log"].ShouldContain("--lines 5000");
        foreach (var canary in Canaries)
        {
            texts.ShouldAllBe(entry => !entry.Value.Contains(canary, StringComparison.Ordinal), canary);
        }

        var missing = Missing(texts);
        missing["journal/culvert-edge.log"].ShouldContain("exited with status 1");
        missing["journal/culvert-edge.log"].ShouldContain("No journal files were found.");
        missing["journal/culvert-identity-service.log"].ShouldContain("no entry of culvert-identity-service");
        missing.Keys.ShouldNotContain(name => name.StartsWith("health/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bundle_NothingAnswers_NamesEachWithItsReason()
    {
        Stage.Variables[SettingVariables.Url] = "https://127.0.0.1:1/";
        var file = Path.Combine(Stage.Folder, "bundle.tar.gz");
        var away = Path.Combine(Stage.Folder, "away.log");

        var run = await Stage.RunAsync(
            "support-bundle",
            "--out",
            file,
            "--health",
            "http://127.0.0.1:1",
            "--log",
            away
        );

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("not read (manifest.json says why): organization.json");
        var texts = await ReadAsync(file);
        texts["doctor.json"].ShouldContain("\"result\":\"fail\"");
        var missing = Missing(texts);
        missing["organization.json"].ShouldContain("cannot be reached");
        missing["audit.json"].ShouldContain("cannot be reached");
        missing["health/127.0.0.1-1/readyz.json"].ShouldContain("no response from http://127.0.0.1:1/");
        missing["journal/culvert-agent.log"].ShouldContain("cannot be started");
        missing["logs/away.log"].ShouldContain("the log cannot be read");
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bundle_HealthThatIsNoUrl_IsUsageAndMakesNoFile()
    {
        var file = Path.Combine(Stage.Folder, "bundle.tar.gz");

        var run = await Stage.RunAsync("support-bundle", "--out", file, "--health", "agent");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Bundle_LogOfManyMegabytes_HasItsEnd()
    {
        Script();
        var middle = string.Concat(Enumerable.Repeat("nothing happened at this moment\n", 300_000));
        var log = Stage.Write("large.log", $"the first line\n{middle}the last line\n");
        var file = Path.Combine(Stage.Folder, "bundle.tar.gz");

        var run = await Stage.RunAsync("support-bundle", "--out", file, "--log", log);

        run.ExitCode.ShouldBe(0, run.Error);
        var text = (await ReadAsync(file))["logs/large.log"];
        text.Length.ShouldBeLessThanOrEqualTo(8 * 1024 * 1024);
        text.ShouldEndWith("the last line\n");
        text.ShouldNotContain("the first line");
    }

    [Fact]
    public async Task Bundle_NeverOverwrites()
    {
        Script();
        var file = Stage.Write("bundle.tar.gz", "mine");

        (await Stage.RunAsync("support-bundle", "--out", file)).ExitCode.ShouldBe(ExitCode.Failed);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("mine");
    }

    [Theory]
    [InlineData("token_lifetime_seconds", "600", "600")]
    [InlineData("token_id", "\"ttok_01\"", "ttok_01")]
    [InlineData("client_secret", "\"abc\"", "[redacted]")]
    [InlineData("last_token", "\"abc\"", "[redacted]")]
    [InlineData("token", "null", "null")]
    public void Redaction_TellsNamesApart(string name, string value, string kept) =>
        Redaction.Redact(JsonNode.Parse($$"""{"{{name}}":{{value}}}"""))!.ToJsonString().ShouldContain(kept);

    private void Script()
    {
        Service
            .On("GET /v1/organizations/current", """{"id":"aaaa","name":"acme"}""")
            .On(
                "GET /v1/tunnels?limit=100",
                $$"""{"data":[{"id":"tnl_01","display_name":"docs {{Canaries[0]}}"}],"next_page":null}"""
            )
            .On("GET /v1/tunnels/tnl_01/status", """{"tunnel_id":"tnl_01","ready":true}""")
            .On("GET /v1/tunnels/tnl_01/agents", """{"data":[],"next_page":null}""")
            .OnAny(
                "GET /v1/webhooks?limit=100",
                $$"""{"data":[{"id":"hook_01","secret":"{{Canaries[7]}}","url":"https://{{Canaries[4]}}@hook.test/services/{{Canaries[8]}}?token={{Canaries[3]}}"}],"next_page":null}"""
            )
            .On(
                "GET /v1/edges?limit=100",
                """{"type":"error","error":{"type":"permission_error","message":"no"},"request_id":"req_1"}""",
                403
            )
            .On(
                "GET /v1/audit?limit=100",
                $$"""{"data":[{"time":"2999-01-01T00:00:00Z","event":"tunnel_created","salt":"00"},{"time":"2999-01-01T00:00:00Z","event":"webhook_created","body":{"data":{"url":"https://hook.test/{{Canaries[8]}}"} } },{"time":"2000-01-01T00:00:00Z","event":"before the window"}],"next_page":"x"}"""
            );
    }

    // What the manifest says could not be read.
    private static Dictionary<string, string> Missing(Dictionary<string, string> texts) =>
        JsonNode.Parse(texts["manifest.json"])!["not_read"]!
            .AsArray()
            .ToDictionary(one => one!["name"]!.GetValue<string>(), one => one!["reason"]!.GetValue<string>());

    private static async Task<Dictionary<string, string>> ReadAsync(string file)
    {
        Dictionary<string, string> texts = [];
        await using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        await using var archive = new TarReader(packed);
        while (await archive.GetNextEntryAsync() is { } entry)
        {
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            texts[entry.Name] = await text.ReadToEndAsync();
        }

        return texts;
    }
}
