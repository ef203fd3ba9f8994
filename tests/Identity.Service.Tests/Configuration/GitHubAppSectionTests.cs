using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.GitHubApps;
using Culvert.Platform.Configuration;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration;

public sealed class GitHubAppSectionTests
{
    private const string Tunnel = "tnl_010000000000000000000000";
    private const string Least =
        $"client_id: Iv1.8a61f9b3a7aba766, key_label: github, installation_id: 7, tunnels: [{Tunnel}]";
    private const string Hsm = "pkcs11: {module: /usr/lib/hsm.so, token: culvert, pin: env:PATH}";

    [Fact]
    public void Read_NothingWritten_HasNoApps() =>
        WrittenConfiguration.Load(WrittenConfiguration.Minimal).Settings!.Options.GitHubApps.ShouldBeEmpty();

    [Fact]
    public void Read_LeastEntry_IsForAllOfTheInstallationAtGitHub()
    {
        var app = Load($"{{{Least}}}").ShouldHaveSingleItem();

        (app.Name, app.ClientId, app.KeyLabel, app.InstallationId).ShouldBe(
            ("a", "Iv1.8a61f9b3a7aba766", "github", 7L)
        );
        app.Tunnels.ShouldBe([Tunnel]);
        app.Repositories.ShouldBeEmpty();
        app.Permissions.ShouldBeEmpty();
        (app.ApiUrl.AbsoluteUri, app.CaFile, app.Networks.ToString()).ShouldBe(("https://api.github.com/", "", ""));
    }

    [Fact]
    public void Read_WholeEntry_IsKeptAsWritten()
    {
        var app = Load(
                $"{{{Least}, repositories: [handbook, a.b_c-d], permissions: {{contents: read, issues: write}}, "
                    + "api_url: \"https://github.corp.example/api/v3\", ca_file: /etc/roots.pem, networks: [10.1.0.0/16]}"
            )
            .ShouldHaveSingleItem();

        app.Repositories.ShouldBe(["handbook", "a.b_c-d"]);
        app.Permissions.ShouldBe([new("contents", "read"), new("issues", "write")]);
        (app.ApiUrl.AbsoluteUri, app.CaFile, app.Networks.ToString()).ShouldBe(
            ("https://github.corp.example/api/v3", "/etc/roots.pem", "10.1.0.0/16")
        );
    }

    [Theory]
    [InlineData("client_id: Iv1.8a61f9b3a7aba766", "client_id: \"a b\"", "client_id")]
    [InlineData("client_id: Iv1.8a61f9b3a7aba766, ", "", "client_id")]
    [InlineData("key_label: github", "key_label: culvert-ca-1", "key_label")]
    [InlineData("key_label: github", "key_label: culvert-token-1", "key_label")]
    [InlineData("key_label: github, ", "", "key_label")]
    [InlineData("installation_id: 7", "installation_id: 0", "installation_id")]
    [InlineData("installation_id: 7", "installation_id: -7", "installation_id")]
    [InlineData("installation_id: 7", "installation_id: seven", "installation_id")]
    [InlineData("installation_id: 7", "installation_id: 1234567890123456789", "installation_id")]
    [InlineData("installation_id: 7, ", "", "installation_id")]
    [InlineData($"tunnels: [{Tunnel}]", "tunnels: []", "tunnels")]
    [InlineData($"tunnels: [{Tunnel}]", "tunnels: [docs]", "tunnels")]
    [InlineData("installation_id: 7", "installation_id: 7, repositories: [acme/handbook]", "repositories")]
    [InlineData("installation_id: 7", "installation_id: 7, permissions: {contents: all}", "permissions")]
    [InlineData("installation_id: 7", "installation_id: 7, permissions: {Contents: read}", "permissions")]
    [InlineData("installation_id: 7", "installation_id: 7, api_url: \"http://github.corp.example\"", "api_url")]
    [InlineData("installation_id: 7", "installation_id: 7, networks: [10.0.0.1/8]", "networks")]
    [InlineData("installation_id: 7", "installation_id: 7, key_file: app.pem", "key_file")]
    public void Read_BadEntry_IsNamed(string good, string bad, string key) =>
        Errors($"github_apps: {{a: {{{Least.Replace(good, bad, StringComparison.Ordinal)}}}}}")
            .ShouldContain(error => error.Contains($"github_apps.a.{key}", StringComparison.Ordinal));

    [Fact]
    public void Read_NoHsm_IsRefused() =>
        WrittenConfiguration
            .Load($"{WrittenConfiguration.Minimal}\ngithub_apps: {{a: {{{Least}}}}}")
            .Errors.ShouldHaveSingleItem()
            .ToString()
            .ShouldContain("No HSM is configured.");

    [Fact]
    public void Read_MoreThanSixtyFour_IsRefused() =>
        Errors($"github_apps: {{{string.Join(", ", Enumerable.Range(0, 65).Select(i => $"a{i}: {{{Least}}}"))}}}")
            .ShouldHaveSingleItem()
            .ShouldContain("There are too many.");

    private static IReadOnlyList<GitHubAppOptions> Load(string entry)
    {
        var read = LoadWithHsm($"github_apps: {{a: {entry}}}");
        read.Errors.Select(error => error.ToString()).ShouldBeEmpty();
        return read.Settings!.Options.GitHubApps;
    }

    private static IEnumerable<string> Errors(string written) =>
        LoadWithHsm(written).Errors.Select(error => error.ToString());

    private static ConfigResult<ServiceSettings> LoadWithHsm(string written) =>
        WrittenConfiguration.Load(
            WrittenConfiguration.Minimal.Replace("keys: {", $"keys: {{{Hsm}, ", StringComparison.Ordinal)
                + $"\n{written}"
        );
}
