using System.Net;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A call that was answered by another status than 200.</summary>
internal sealed class RefusedCallException(HttpResponseMessage answer, string body)
    : HttpRequestException($"{(int)answer.StatusCode} {answer.Headers} {body}")
{
    public HttpStatusCode Status { get; } = answer.StatusCode;

    /// <summary>The hop that failed; "" if the answer names none.</summary>
    public string Hop { get; } = Header(answer, "culvert-failed-hop");

    public string Reason { get; } = Header(answer, "culvert-reason");

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : "";
}
