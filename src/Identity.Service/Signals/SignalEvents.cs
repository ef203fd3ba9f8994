using System.Collections.Frozen;

namespace Culvert.Identity.Service.Signals;

/// <summary>The event types that the service knows, and what they cause.</summary>
internal static class SignalEvents
{
    public const string Caep = "https://schemas.openid.net/secevent/caep/event-type/";
    public const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";
    public const string Ssf = "https://schemas.openid.net/secevent/ssf/event-type/";

    // OpenID SSE, the name of SSF before its version 1.0.
    private const string Sse = "https://schemas.openid.net/secevent/sse/event-type/";

    private static readonly FrozenDictionary<string, SignalAction> Actions = new Dictionary<string, SignalAction>
    {
        [Caep + "session-revoked"] = SignalAction.Withdraw,
        [Caep + "token-claims-change"] = SignalAction.Withdraw,
        [Caep + "credential-change"] = SignalAction.Withdraw,
        [Caep + "device-compliance-change"] = SignalAction.Withdraw,
        [Risc + "account-credential-change-required"] = SignalAction.Withdraw,
        [Risc + "account-disabled"] = SignalAction.Withdraw,
        [Risc + "account-purged"] = SignalAction.Withdraw,
        [Risc + "sessions-revoked"] = SignalAction.Withdraw,
        [Risc + "account-enabled"] = SignalAction.Record,
        [Risc + "verification"] = SignalAction.Record,
        [Ssf + "verification"] = SignalAction.Record,
        [Ssf + "stream-updated"] = SignalAction.Record,
        [Sse + "verification"] = SignalAction.Record,
        [Sse + "stream-updated"] = SignalAction.Record,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static SignalAction GetAction(SecurityEvent signal) =>
        Actions.GetValueOrDefault(signal.Type) switch
        {
            SignalAction.Withdraw when !IsWithdrawal(signal) => SignalAction.Record,
            var action => action,
        };

    /// <summary>The last segment of a known type's URI; an unknown type whole.</summary>
    public static string GetName(string type) => Actions.ContainsKey(type) ? type[(type.LastIndexOf('/') + 1)..] : type;

    // A new credential, or a device that complies again, withdraws nothing (CAEP 1.0 §3.3, §3.5).
    private static bool IsWithdrawal(SecurityEvent signal) =>
        signal.Type switch
        {
            Caep + "credential-change" => signal.Payload.FindString("change_type"u8) is "revoke" or "delete",
            Caep + "device-compliance-change" => signal.Payload.FindString("current_status"u8) == "not-compliant",
            _ => true,
        };
}
