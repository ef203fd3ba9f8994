using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Signals;

/// <summary>Seals and opens the bearer tokens with which the service polls.</summary>
internal sealed class SignalPollTokens(Sealer sealer)
{
    private const string Table = "signal_streams";
    private const string Column = "sealed_poll_token";

    public byte[] Seal(IssuerId issuerId, string token) =>
        sealer.Seal(Table, issuerId.Value, Column, Encoding.ASCII.GetBytes(token));

    /// <summary>Null if the stream has none.</summary>
    public string? Unseal(SignalStream stream) =>
        stream.SealedPollToken is { } value
            ? Encoding.ASCII.GetString(sealer.Unseal(Table, stream.IssuerId.Value, Column, value))
            : null;
}
