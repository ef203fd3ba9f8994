using System.Text.Json;

namespace Culvert.Identity.Service.Signals;

/// <summary>The answer to a poll (RFC 8936 §2.3).</summary>
/// <param name="Sets">Security event tokens by their <c>jti</c>. A value that is not a text is a malformed token.</param>
/// <param name="MoreAvailable">Whether further tokens wait.</param>
internal sealed record SignalPollAnswer(IReadOnlyDictionary<string, JsonElement> Sets, bool MoreAvailable = false)
{
    /// <summary>No token.</summary>
    public static SignalPollAnswer Empty { get; } = new(new Dictionary<string, JsonElement>());
}
