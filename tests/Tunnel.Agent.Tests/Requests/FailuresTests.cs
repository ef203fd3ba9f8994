using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class FailuresTests
{
    [Fact]
    public void All_MethodNotAllowed_NameTheMethodsThatAre() =>
        Failures
            .All.Where(failure => failure.Status == StatusCodes.Status405MethodNotAllowed)
            .ShouldAllBe(failure => !string.IsNullOrEmpty(failure.Allow));

    [Fact]
    public void All_WithMethods_AreMethodNotAllowed() =>
        Failures
            .All.Where(failure => failure.Allow != null)
            .ShouldAllBe(failure => failure.Status == StatusCodes.Status405MethodNotAllowed);

    [Fact]
    public void All_Overloaded_SayWhenToRetry() =>
        Failures
            .All.Where(failure => failure.Type == "overloaded_error")
            .ShouldAllBe(failure => failure.RetryAfterSeconds > 0);
}
