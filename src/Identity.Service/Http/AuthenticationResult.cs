using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>A caller or the reason why there is none.</summary>
internal readonly record struct AuthenticationResult
{
    public Caller? Caller { get; private init; }

    public Refusal? Refusal { get; private init; }

    public static AuthenticationResult Of(Caller caller) => new() { Caller = caller };

    public static AuthenticationResult Refused(Refusal refusal) => new() { Refusal = refusal };
}
