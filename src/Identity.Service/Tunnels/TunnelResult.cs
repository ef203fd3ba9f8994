using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>What an operation on a tunnel gave: a value or a refusal, exactly one of both.</summary>
internal readonly record struct TunnelResult<T>(T? Value, Refusal? Refusal)
    where T : class
{
    public static implicit operator TunnelResult<T>(T value) => new(value, null);

    public static implicit operator TunnelResult<T>(Refusal refusal) => new(null, refusal);
}
