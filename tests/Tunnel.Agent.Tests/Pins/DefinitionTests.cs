using Culvert.Tunnel.Agent.Pins;
using static Culvert.Tunnel.Agent.Tests.Pins.Definitions;

namespace Culvert.Tunnel.Agent.Tests.Pins;

public sealed class DefinitionTests
{
    [Fact]
    public void Digest_OtherOrderAndSpelling_IsTheSame() =>
        Read("""{ "description": "\u0041", "name": "get", "n": 1.0 }""")
            .Digest.ShouldBe(Read("""{"name":"get","n":1,"description":"A"}""").Digest);

    [Theory] // every member that a model, a person or a client may see
    [InlineData(""","title":"Get"}""")]
    [InlineData(""","outputSchema":{}}""")]
    [InlineData(""","annotations":{"readOnlyHint":true}}""")]
    [InlineData(""","icons":[{"src":"https://a.example/i.png"}]}""")]
    [InlineData(""","execution":{"taskSupport":"required"}}""")]
    [InlineData(""","_meta":{"openai/widgetDescription":"x"}}""")]
    [InlineData(""","anything":null}""")]
    public void Digest_AnyMember_Counts(string more) =>
        Read(Tool("get")[..^1] + more).Digest.ShouldNotBe(Read(Tool("get")).Digest);

    [Fact] // the payload of the draft for attested tools
    public void Core_Tool_CoversNameDescriptionAndSchemasAlone()
    {
        Read(Tool("get", more: ""","title":"x","_meta":{}""")).Core.ShouldBe(Read(Tool("get")).Core);
        Read(Tool("get", "Other")).Core.ShouldNotBe(Read(Tool("get")).Core);
        Read(Tool("get", more: ""","outputSchema":{}""")).Core.ShouldNotBe(Read(Tool("get")).Core);
    }

    [Fact]
    public void Digest_ContentOfAResource_DoesNotCount()
    {
        const string Uri = "file:///a";
        var one = Definitions.Read(
            PinKind.Resource,
            Uri,
            """{"uri":"file:///a","size":1,"annotations":{"lastModified":"x","priority":1}}"""
        )!;
        var other = Definitions.Read(
            PinKind.Resource,
            Uri,
            """{"uri":"file:///a","size":2,"annotations":{"priority":1}}"""
        )!;
        var third = Definitions.Read(PinKind.Resource, Uri, """{"uri":"file:///a","annotations":{"priority":2}}""")!;

        other.Digest.ShouldBe(one.Digest);
        third.Digest.ShouldNotBe(one.Digest);
    }

    [Fact] // both have one double, and calls are judged by the number that is written
    public void Digest_NumbersThatNoDoubleTellsApart_AreTwo()
    {
        var (one, other) = (Read(Bounded("9007199254740992")), Read(Bounded("9007199254740993")));

        other.Digest.ShouldNotBe(one.Digest);
        DefinitionComparison.Classify(one, other).ShouldBe(DriftClass.Widened);
    }

    [Fact]
    public void ToDefinition_PinWithTheDigestOfAnEarlierVersion_HasThatOfNow()
    {
        var definition = Read(Bounded("9007199254740993"));
        var stored = StoredPin.From(definition, "alice", DateTimeOffset.UnixEpoch) with { Digest = "0123" };

        stored.ToDefinition().ShouldBe(definition);
    }

    [Theory]
    [InlineData("""{"name":"a","description":"x","description":"y"}""")]
    [InlineData("""{"name":"a","Description":"y"}""")]
    [InlineData("""{"name":"a","de\u017Fcription":"y"}""")]
    [InlineData("""{"name":"a","description":"\ud800"}""")]
    public void TryRead_TwoReadings_IsNoDefinition(string json) =>
        Definitions.Read(PinKind.Tool, "a", json).ShouldBeNull();

    private static string Bounded(string maximum) =>
        Tool("get", schema: $$"""{"properties":{"n":{"maximum":{{maximum}} } } }""");
}
