using System.Security.Authentication;
using Culvert.Testing;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

public sealed class NamedLeavesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly TunnelPki pki = new();
    private readonly NamedLeaves leaves;

    public NamedLeavesTests() => leaves = new NamedLeaves(SslProtocols.Tls12 | SslProtocols.Tls13, time);

    [Fact]
    public void Find_AroundTheEndOfTheLeaf_OnBothSides()
    {
        var now = time.GetUtcNow();
        leaves.Swap("a.example", pki.Server(now, now.AddMinutes(1), "a.example"));

        time.Advance(TimeSpan.FromMinutes(1));
        leaves.Find("A.example").ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        leaves.Find("A.example").ShouldBeNull();
    }

    [Fact]
    public void Use_BeforeAndAfterALeaf_CountsForBoth()
    {
        leaves.Swap("a.example", pki.Server("a.example"));
        leaves.Use(SslProtocols.Tls13);
        leaves.Swap("b.example", pki.Server("b.example"));

        foreach (var name in new[] { "a.example", "b.example" })
        {
            leaves.Find(name)!.TlsOptions.EnabledSslProtocols.ShouldBe(SslProtocols.Tls13);
        }
    }

    [Fact]
    public void Retain_SomeNames_RemovesTheOthers()
    {
        leaves.Swap("a.example", pki.Server("a.example"));
        leaves.Swap("b.example", pki.Server("b.example"));

        leaves.Retain(["A.EXAMPLE"]);

        leaves.Find("a.example").ShouldNotBeNull();
        leaves.Find("b.example").ShouldBeNull();
    }
}
