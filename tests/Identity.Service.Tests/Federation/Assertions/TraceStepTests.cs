using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Assertions;

public sealed class TraceStepTests
{
    // `culvert explain` of a granted exchange crashed: two checks of one step had said that they were recorded.
    [Fact]
    public void Serialize_TwoChecksOfOneStepWereRecorded_SaysSoOnce()
    {
        var step = new TraceStep("parse");

        step.Assume(wasProved: true);
        step.Assume(wasProved: true);

        Write(step).ShouldBe("""{"s":"parse","ok":true,"as":"recorded"}""");
    }

    [Fact]
    public void Serialize_MemberGivenTwice_HasTheLastValueInItsPlace()
    {
        var step = new TraceStep("times");

        step.AgeSeconds = 5;
        step.Got = "text";
        step.AgeSeconds = 7;
        step.Alg = null;

        Write(step).ShouldBe("""{"s":"times","ok":true,"got":"text","age_s":7}""");
    }

    [Fact]
    public void Serialize_FailedStep_HasItsDetailAndConditionsLast()
    {
        var step = new TraceStep("rule");

        step.Add(new TraceCondition("sub", "eq", "a", null, Holds: false));
        step.Fail("because");
        step.Assume(wasProved: false);
        step.Scope = "a b";

        Write(step)
            .ShouldBe(
                """{"s":"rule","ok":false,"assumed":true,"scope":"a b","detail":"because","conds":[{"claim":"sub","op":"eq","want":"a","got":null,"ok":false}]}"""
            );
    }

    private static string Write(TraceStep step) => JsonSerializer.Serialize(step, ExplainJson.Default.TraceStep);
}
