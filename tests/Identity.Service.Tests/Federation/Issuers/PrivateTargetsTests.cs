using System.Net;
using Culvert.Identity.Service.Federation.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Issuers;

public sealed class PrivateTargetsTests
{
    // S27
    [Theory]
    [InlineData("10.1.2.0/24", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/7", "10.0.0.0/8", false)]
    [InlineData("11.0.0.0/8", "10.0.0.0/8", false)]
    [InlineData("10.1.2.0/24", "::/0", false)]
    [InlineData("10.1.2.0/24", "0.0.0.0/0", true)]
    [InlineData("127.0.0.1/32", "0.0.0.0/0", false)]
    [InlineData("127.0.0.1/32", "127.0.0.0/8", true)]
    [InlineData("::1/128", "::1/128", true)]
    [InlineData("::1/128", "::/0", false)]
    [InlineData("169.254.1.0/24", "0.0.0.0/0", false)]
    [InlineData("169.254.169.254/32", "169.254.169.254/32", false)]
    [InlineData("fe80::/10", "::/0", false)]
    [InlineData("fd00:ec2::254/128", "::/0", false)]
    [InlineData("fd00::/8", "fc00::/7", true)]
    public void IsWithin_Target_IsBoundedByTheInstallation(string target, string installation, bool expected) =>
        PrivateTargets.IsWithin(IPNetwork.Parse(target), [IPNetwork.Parse(installation)]).ShouldBe(expected);
}
