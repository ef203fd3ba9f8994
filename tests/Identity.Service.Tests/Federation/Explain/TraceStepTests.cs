using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Explain;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Explain;

public sealed class TraceStepTests
{
    // `culvert explain` of a granted exchange crashed: two checks of one step had said that they were recorded.
    [Fact]
    public void WriteTo_TwoChecksOfOneStepWereRecorded_SaysSoOnce()
    {
        var step = new TraceStep("parse");

        step.Assume(wasProved: true);
        step.Assume(wasProved: true);

        Write(step).ShouldBe("""{"s":"parse","ok":true,"as":"recorded"}""");
    }

    [Fact]
    public void WriteTo_MemberGivenTwice_HasTheLastValueOnce()
    {
        var step = new TraceStep("times");

        step.Add("got", "text");
        step.Add("age_s", 5);
        step.Add("got", 7);
        step.Add("absent", null);

        Write(step).ShouldBe("""{"s":"times","ok":true,"got":7,"age_s":5}""");
    }

    private static string Write(TraceStep step)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            step.WriteTo(json);
        }

        return JsonNode
            .Parse(buffer.ToArray(), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!
            .ToJsonString();
    }
}
