using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Tests.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Access;

public sealed class IdentitySectionTests : IDisposable
{
    private const string Base =
        "url: https://id.test:8443, organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000";

    private readonly ConfigFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Read_Automatic_GivesItsValues()
    {
        var document = file.Load(
            $"identity: {{{Base}, ca_sha256: \"{string.Concat(Enumerable.Repeat("AB:", 31))}AB\", token: {{command: [a, b], command_timeout: 5s}}}}"
        );

        var options = IdentitySection.Read(document.Root, allowManual: true);

        document.Complete().ShouldBeEmpty();
        options.Url.OriginalString.ShouldBe("https://id.test:8443");
        options.CaSha256.ShouldBe(string.Concat(Enumerable.Repeat("ab", 32)));
        options.Token.Command.ShouldBe(["a", "b"]);
        options.Token.CommandTimeout.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("token: {detector: none}", "identity.token.detector")]
    [InlineData("token: {detector: gihub}", "identity.token.detector")]
    [InlineData("token: {file: a, environment: b}", "identity.token.environment")]
    [InlineData("token: {file: a, command: [b]}", "identity.token.command")]
    [InlineData("token: {file: a, detector: github}", "identity.token.detector")]
    [InlineData("token: {file: a, command_timeout: 2m}", "identity.token.command_timeout")]
    [InlineData("token: {file: a}, ca_sha256: abc", "identity.ca_sha256")]
    [InlineData("token: {file: a}, ca_file: /nonexistent", "identity.ca_file")]
    [InlineData("token: {file: a}, mode: none", "identity.mode")]
    [InlineData("token: {file: a}, mashine_url: x", "identity.mashine_url")]
    [InlineData("mode: manual", "identity.tunnel_token")]
    [InlineData("mode: manual, tunnel_token: clv_tun_x", "identity.tunnel_token")]
    public void Read_WrongTogether_NamesTheKey(string yaml, string key) =>
        Errors($"identity: {{{Base}, {yaml}}}", allowManual: true).ShouldBe([key]);

    [Theory]
    [InlineData("organization_id", "\"${ORG}\"")]
    [InlineData("organization_id", "not-a-uuid")]
    [InlineData("organization_id", "123")]
    [InlineData("organization_id", "11111111111111111111111111111111")]
    [InlineData("rule_id", "\"${RULE}\"")]
    [InlineData("rule_id", "fdrl_01")]
    [InlineData("rule_id", "tnl_010000000000000000000000")]
    [InlineData("rule_id", "fdrl_01000000000000000000000_")]
    public void Read_IdThatCannotBeOne_NamesTheKey(string key, string value)
    {
        var others = string.Join(", ", Base.Split(", ").Where(pair => !pair.StartsWith(key, StringComparison.Ordinal)));

        Errors($"identity: {{{others}, token: {{file: a}}, {key}: {value}}}", allowManual: true)
            .ShouldBe([$"identity.{key}"]);
    }

    [Theory]
    [InlineData("service_account_id: svac_01", "identity.service_account_id")]
    [InlineData("service_account_id: svac_010000000000000000000000", null)]
    [InlineData("workspace_id: wrkspc_1", "identity.workspace_id")]
    [InlineData("workspace_id: wrkspc_010000000000000000000000", null)]
    [InlineData("workspace_id: default", null)]
    public void Read_OptionalId_HasItsForm(string line, string? key) =>
        Errors($"identity: {{{Base}, token: {{file: a}}, {line}}}", allowManual: true)
            .ShouldBe(key is null ? [] : [key]);

    [Theory]
    [InlineData("token: {}", "auto", "https://id.test:8443")]
    [InlineData("token: {detector: github}", "github", "https://id.test:8443")]
    [InlineData("token: {audience: \"api://culvert\"}", "auto", "api://culvert")]
    [InlineData("token: {file: a, detector: auto}", "auto", "https://id.test:8443")]
    public void Read_Detector_AsksForTheServiceUnlessToldOtherwise(string yaml, string detector, string audience)
    {
        var document = file.Load($"identity: {{{Base}, {yaml}}}");

        var token = IdentitySection.Read(document.Root, allowManual: true).Token;

        document.Complete().ShouldBeEmpty();
        (token.Detector, token.Audience).ShouldBe((detector, audience));
    }

    [Fact]
    public void Read_AutomaticWithoutItsKeys_NamesEachAtOnce() =>
        Errors("identity: {}", allowManual: true)
            .ShouldBe(["identity.url", "identity.organization_id", "identity.rule_id"], ignoreOrder: true);

    [Fact]
    public void Read_Edge_HasNoManualMode()
    {
        Errors($"identity: {{{Base}, mode: manual}}", allowManual: false).ShouldContain("identity.mode");
        Errors($"identity: {{{Base}, token: {{file: a}}, tunnel_token: env:X}}", allowManual: false)
            .ShouldBe(["identity.tunnel_token"]);
    }

    [Fact]
    public void Read_PinAndFile_ExcludeEachOther()
    {
        File.WriteAllText(Path.Combine(file.Folder, "ca.pem"), "");
        var pin = new string('a', 64);

        Errors($"identity: {{{Base}, token: {{file: a}}, ca_file: ca.pem, ca_sha256: {pin}}}", allowManual: true)
            .ShouldBe(["identity.ca_sha256"]);
    }

    [Theory]
    [InlineData("network: {proxy: {url: x}}", "network.proxy.url")]
    [InlineData("network: {proxy: {url: \"http://u:p@x:1\"}}", "network.proxy.url")]
    [InlineData("network: {proxy: {url: \"http://x:1\", no_proxy: [\"a:0\"]}}", "network.proxy.no_proxy")]
    [InlineData("network: {ca_bundle: /nonexistent}", "network.ca_bundle")]
    [InlineData("network: {address_family: ipv9}", "network.address_family")]
    [InlineData("telemetry: {otlp: on}", "telemetry.otlp")]
    [InlineData("log: {level: loud}", "log.level")]
    [InlineData("health: {ui: maybe}", "health.ui")]
    [InlineData("health: {listen: 8081}", "health.listen")]
    public void SharedSections_OutsideTheirRule_NameTheKey(string yaml, string key)
    {
        var document = file.Load(yaml);
        NetworkSection.Read(document.Root);
        TelemetrySection.Read(document.Root);
        LogSection.Read(document.Root);
        HealthSection.ReadAgent(document.Root);

        document.Complete().Select(e => e.Key).ShouldBe([key]);
    }

    [Fact]
    public void SharedSections_Absent_GiveTheirDefaults()
    {
        var root = file.Load("").Root;

        LogSection.Read(root).ShouldBe(new LogOptions());
        HealthSection.ReadAgent(root).Listen[0].ToString().ShouldBe("127.0.0.1:8081");
        HealthSection.ReadAgent(root).AllowedHosts.ShouldBe(["localhost", "127.0.0.1", "[::1]"]);
    }

    private IReadOnlyList<string> Errors(string yaml, bool allowManual)
    {
        var document = file.Load(yaml);
        IdentitySection.Read(document.Root, allowManual);
        return [.. document.Complete().Select(e => e.Key)];
    }
}
