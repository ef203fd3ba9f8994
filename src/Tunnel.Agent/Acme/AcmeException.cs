using System.Text.Json;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Fails an order; the caller stores it as a failure. Its message is safe to show.</summary>
internal sealed class AcmeException(AcmeReason reason, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    public AcmeReason Reason => reason;

    /// <summary>The delay that the CA requests before the next request; null without one.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    public static string Code(AcmeReason reason) =>
        $"acme.{JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())}";
}
