using Culvert.Platform.Certificates;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Certificates;

public sealed class SpiffeIdTests
{
    private const string Organization = "11111111-2222-3333-4444-555555555555";

    [Fact]
    public void TryParse_Agent_GivesItsParts()
    {
        SpiffeId.TryParse($"spiffe://id.test/o/{Organization}/t/tnl_01a/agent/blue-1", out var id).ShouldBeTrue();

        (id!.Kind, id.TrustDomain, id.OrganizationId, id.TunnelId, id.Name).ShouldBe(
            (SpiffeKind.Agent, "id.test", Organization, "tnl_01a", "blue-1")
        );
    }

    [Theory]
    [InlineData("spiffe://id.test/edge/edge_01a", SpiffeKind.Edge, "edge_01a")]
    [InlineData("spiffe://id.test/service/1", SpiffeKind.Service, "1")]
    public void TryParse_EdgeAndService_GivesKindAndName(string text, SpiffeKind kind, string name)
    {
        SpiffeId.TryParse(text, out var id).ShouldBeTrue();

        (id!.Kind, id.Name, id.ToString()).ShouldBe((kind, name, text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("spiffe://")]
    [InlineData("spiffe://id.test")]
    [InlineData("spiffe://id.test/")]
    [InlineData("spiffe:///edge/e")]
    [InlineData("SPIFFE://id.test/edge/e")]
    [InlineData("spiffe://ID.test/edge/e")]
    [InlineData("spiffe://id.test:1/edge/e")]
    [InlineData("spiffe://u@id.test/edge/e")]
    [InlineData("spiffe://id.test/edge/")]
    [InlineData("spiffe://id.test/edge/..")]
    [InlineData("spiffe://id.test/edge/e/")]
    [InlineData("spiffe://id.test/edge//e")]
    [InlineData("spiffe://id.test/edge/e?x")]
    [InlineData("spiffe://id.test/edge/%65")]
    [InlineData("spiffe://id.test/router/e")]
    [InlineData("spiffe://id.test/o/a/t/b/agent/UPPER")]
    [InlineData("spiffe://id.test/o/a/t/b/agent/-x")]
    [InlineData("spiffe://id.test/o/a/t/b/agent")]
    [InlineData("spiffe://id.test/o/a/t/b/edge/x")]
    [InlineData("https://id.test/edge/e")]
    public void TryParse_OtherShapes_AreRefused(string? text) => SpiffeId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void TryParse_AnyText_GivesAnIdThatPrintsItOrNothing() =>
        Prop.ForAll<string>(text => !SpiffeId.TryParse(text, out var id) || id.ToString() == text).CheckSeeded();

    [Fact]
    public void Agent_MadeFromParts_ParsesBack()
    {
        var made = SpiffeId.Agent("id.test", Organization, "tnl_01a", InstanceId.NewRandom());

        SpiffeId.TryParse(made.ToString(), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(made);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("..")]
    public void Edge_WithAnIdThatWouldAddSegments_Throws(string id) =>
        Should.Throw<ArgumentException>(() => SpiffeId.Edge("id.test", id));
}
