using System.Reflection;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class FailuresTests
{
    private const string Row = "agent.example\t400\tapi_error\t-\t-\t-\tMessage.\tCause.\tNext step.";

    [Fact]
    public void All_EachRow_HasOneFieldAndEachFieldARow() =>
        typeof(Failures)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(field => field.FieldType == typeof(Failure))
            .Select(field => (Failure)field.GetValue(null)!)
            .ShouldBe(Failures.All, ignoreOrder: true);

    [Fact]
    public void All_Statuses_AreErrorsExceptForDenials()
    {
        foreach (var failure in Failures.All)
        {
            if (
                failure == PolicyFailures.Arguments
                || failure == ApprovalFailures.Required
                || failure == ApprovalFailures.Rejected
                || failure == PolicyFailures.AnswerUnfit
                || failure == PolicyFailures.AnswerFailed
                || failure.HopName == "compose"
            )
            {
                failure.Status.ShouldBe(200); // a denial is a JSON-RPC error, as a server's own would be
                continue;
            }

            failure.Status.ShouldBeInRange(400, 599);
        }
    }

    [Fact]
    public void All_Types_AreThoseOfTheEnvelope() =>
        Failures
            .All.Select(failure => failure.Type)
            .Distinct()
            .ShouldBe(
                [
                    "api_error",
                    "authentication_error",
                    "invalid_request_error",
                    "not_found_error",
                    "overloaded_error",
                    "permission_error",
                    "rate_limit_error",
                    "request_too_large",
                    "timeout_error",
                ],
                ignoreOrder: true
            );

    [Fact]
    public void Parse_Row_HasEachMember() =>
        Failures
            .Parse(
                "# A comment.\n\npolicy.example\t405\tapi_error\t-32000\t7\tGET, HEAD\tMessage.\tCause.\tNext step.\n"
            )
            .Values.ShouldHaveSingleItem()
            .ShouldBe(
                new Failure("policy.example", 405, "api_error", "Message.", "Cause.", "Next step.")
                {
                    RpcCode = -32000,
                    RetryAfterSeconds = 7,
                    Allow = "GET, HEAD",
                }
            );

    [Theory]
    [InlineData("agent.example\t400\tapi_error\t-\t-\t-\tMessage.\tCause.")]
    [InlineData(Row + "\tmore")]
    [InlineData("agent.example\t400\tapi_error\t-\t-\t-\t\tCause.\tNext step.")]
    [InlineData("agent.example\t-\tapi_error\t-\t-\t-\tMessage.\tCause.\tNext step.")]
    [InlineData("agent.example\t400\tapi_error\tnone\t-\t-\tMessage.\tCause.\tNext step.")]
    [InlineData("agent\t400\tapi_error\t-\t-\t-\tMessage.\tCause.\tNext step.")]
    [InlineData("other.example\t400\tapi_error\t-\t-\t-\tMessage.\tCause.\tNext step.")]
    [InlineData("agent.example.more\t400\tapi_error\t-\t-\t-\tMessage.\tCause.\tNext step.")]
    public void Parse_MalformedRow_Throws(string row) => Should.Throw<FormatException>(() => Failures.Parse(row));

    [Fact]
    public void Parse_CodeTwice_Throws() => Should.Throw<ArgumentException>(() => Failures.Parse($"{Row}\n{Row}"));

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
