namespace Culvert.Deployment.Tests.Systemd;

/// <summary>
/// Secrets as systemd (LoadCredential) and Kubernetes (a volume with fsGroup) provide them to a program that is not
/// root: files of root that the program's group may read. A file that other users could read stays refused.
/// </summary>
public sealed class CredentialFileTests
{
    [Theory]
    [InlineData("0:0", "400", false)] // cannot be read
    [InlineData("0:65532", "440", true)]
    [InlineData("0:65532", "640", true)]
    [InlineData("65532:65532", "400", true)]
    [InlineData("65532:65532", "440", false)] // other users may be in the group that the owner chose
    [InlineData("0:1", "440", false)]
    [InlineData("0:65532", "460", false)]
    [InlineData("0:65532", "444", false)]
    public async Task Secret_ByOwnerAndMode_IsTakenOrRefused(string owner, string mode, bool taken)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give files away");
        using var folder = new TestFolder();
        var secret = folder.Write("tunnel-token", $"clv_tun_{new string('a', 43)}", mode);
        (await Tool.RunAsync("chown", [owner, secret])).Succeeded();
        var file = folder.Write(
            "agent.yaml",
            $"""
            config_version: 1
            identity:
              url: https://identity.example.com:8443
              mode: manual
              tunnel_token: file:{secret}
            tunnel:
              id: tnl_010000000000000000000000
            certificates:
              source: files
              certificate_file: server.pem
              key_file: server.key
            routes:
              docs:
                upstream:
                  url: http://10.1.2.3:8080
                oauth:
                  mode: dangerous_none
            """
        );

        var check = await Unprivileged.RunAsync(
            Repository.Published("tunnel-agent"),
            "config",
            "check",
            "--config",
            file
        );

        check.Text.Contains("identity.tunnel_token", StringComparison.Ordinal).ShouldBe(!taken, check.Text);
        check.Text.ShouldContain("certificates.key_file", Case.Sensitive, "the file is read to its end");
    }
}
