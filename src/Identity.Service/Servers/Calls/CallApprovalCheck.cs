using Culvert.Identity.Service.Errors;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

internal static class CallApprovalCheck
{
    /// <summary>The largest body, with shown arguments and names.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    private const int MaxCharacters = 2048;
    private const int MaxArguments = 64;
    private const int BindingCharacters = 64; // SHA-256
    private const int MinExpirySeconds = 60;
    private const int MaxExpirySeconds = 24 * 60 * 60;

    public static Refusal? FindRefusal(CallApprovalRequest call)
    {
        if (call.Binding.Length != BindingCharacters || call.Binding.Any(c => !char.IsAsciiHexDigitLower(c)))
        {
            return RequestErrors.Invalid.Refuse("binding: 64 hexadecimal digits in lower case are required.");
        }

        if (call.Approvers is not (1 or 2))
        {
            return RequestErrors.Invalid.Refuse("approvers: 1 or 2 is required.");
        }

        if (call.ExpiresIn is < MinExpirySeconds or > MaxExpirySeconds)
        {
            return RequestErrors.Invalid.Refuse(
                $"expires_in: {MinExpirySeconds} to {MaxExpirySeconds} seconds are required."
            );
        }

        if (call.Kind is not ("tool" or "prompt" or "resource"))
        {
            return RequestErrors.Invalid.Refuse("kind: tool, prompt or resource is required.");
        }

        foreach (
            var (member, text) in new[]
            {
                ("route", call.Route),
                ("hostname", call.Hostname),
                ("method", call.Method),
                ("name", call.Name),
                ("rule", call.Rule),
                ("issuer", call.Issuer),
                ("subject", call.Subject),
                ("client_id", call.ClientId),
                ("policy_version", call.PolicyVersion),
                ("pin", call.Pin),
            }
        )
        {
            if (text.Length > MaxCharacters)
            {
                return RequestErrors.Invalid.Refuse($"{member}: at most {MaxCharacters} characters are allowed.");
            }
        }

        return
            call.Arguments.Count > MaxArguments
            || call.Arguments.Any(a =>
                a is null || Math.Max(a.At.Length, Math.Max(a.Shape.Length, a.Value?.Length ?? 0)) > MaxCharacters
            )
            ? RequestErrors.Invalid.Refuse(
                $"arguments: at most {MaxArguments} entries of at most {MaxCharacters} characters are allowed."
            )
            : null;
    }
}
