using Culvert.Identity.Service.Errors;
using Shouldly;
using Xunit;

namespace Culvert.Identity.Service.Tests.Errors;

public sealed class ResultTests
{
    [Fact]
    public void Value_IsOk()
    {
        Result<string> result = "value";

        result.IsOk.ShouldBeTrue();
        result.Value.ShouldBe("value");
        result.Refusal.ShouldBeNull();
    }

    [Fact]
    public void Refusal_IsNotOk()
    {
        Result<string> result = RequestErrors.NotFound.Refuse();

        result.IsOk.ShouldBeFalse();
        result.Value.ShouldBeNull();
        result.Refusal.ShouldNotBeNull().Code.ShouldBe(RequestErrors.NotFound);
    }

    // A forgotten assignment must not pass for a success.
    [Fact]
    public void Default_IsNotOk() => default(Result<string>).IsOk.ShouldBeFalse();
}
