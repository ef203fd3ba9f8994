using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Where an issuer's keys come from: the <c>jwks</c> union on the wire.</summary>
internal abstract record KeySource
{
    public abstract string Type { get; }

    /// <summary>PEM of the only roots accepted for fetching; null = public roots, or nothing is fetched.</summary>
    public virtual string? CaCertificatePem => null;

    /// <summary>The keys themselves, if they were configured manually; null if they are fetched or read.</summary>
    public virtual JwkSet? GivenKeys => null;

    /// <summary>The form on the wire and in the store.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", Type);
            WriteMembers(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    protected abstract void WriteMembers(Utf8JsonWriter json);
}
