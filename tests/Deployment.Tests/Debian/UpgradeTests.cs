namespace Culvert.Deployment.Tests.Debian;

/// <summary>What the package's script does to a service that runs when a newer version is installed.</summary>
public sealed class UpgradeTests
{
    /// <summary>An upgrade never stops a service whose new version would not start on the database.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(78, false)]
    public async Task Upgraded_TheServiceIsRestarted_OnlyIfTheNewVersionStarts(int check, bool isRestarted)
    {
        Assert.SkipUnless(Environment.UserName == "root", "users are made by root alone");
        using var folder = new TestFolder();
        using var stubs = new TestFolder();
        StubPrograms.WriteTo(stubs);
        await BuiltPackages.BuildAsync(stubs.Path, folder.Path);
        var package = Directory.GetFiles(folder.Path, "culvert-identity-service_*.deb").Single();
        (await Tool.RunAsync("dpkg-deb", ["--control", package, folder.PathOf("control")])).Succeeded();
        var arrange = folder.Write(
            "arrange.sh",
            $"""
            mkdir -p /run/systemd/system
            printf '#!/bin/sh\necho "systemctl $*"\n' >/usr/local/bin/systemctl
            printf '#!/bin/sh\necho "identity-service $* as $(id -un)"\nexit {check}\n' >/usr/bin/identity-service
            chmod 755 /usr/local/bin/systemctl /usr/bin/identity-service
            PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh {folder.PathOf(
                "control/postinst"
            )} configure 0.0.9 2>&1
            """
        );

        var lines = (await ThrowAway.RunAsync(arrange, "true")).Succeeded().Output.Split('\n');

        lines.ShouldContain("systemctl --quiet is-active culvert-identity-service.service");
        lines.ShouldContain("identity-service migrate --check as culvert-identity-service");
        lines.Contains("systemctl try-restart culvert-identity-service.service").ShouldBe(isRestarted);
        lines.Any(line => line.Contains("the old version continues to run")).ShouldBe(!isRestarted);
    }
}
