using System.Text.Json;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Ends an order; the caller stores it as a failure. Its message is safe to show.</summary>
internal sealed class AcmeException(AcmeReason reason, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    public AcmeReason Reason => reason;

    /// <summary>How long the other side wants to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The stable name of a reason.</summary>
    public static string Code(AcmeReason reason) =>
        $"acme.{JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())}";
}
