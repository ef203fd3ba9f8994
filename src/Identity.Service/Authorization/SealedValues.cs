using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Values that a browser or client carries for the service: sealed, so that it can neither read nor make one, and bound to
/// an organization and a purpose.
/// </summary>
internal sealed class SealedValues(Sealer sealer)
{
    // No table: these values are in no row.
    private const string Place = "oauth";

    public string Seal<T>(string purpose, string binding, T value, JsonTypeInfo<T> type) =>
        Base64Url.EncodeToString(
            sealer.Seal(Place, binding, purpose, JsonSerializer.SerializeToUtf8Bytes(value, type))
        );

    /// <summary>Null if the value is not one that this installation sealed for this purpose and binding.</summary>
    public T? Open<T>(string purpose, string binding, string? text, JsonTypeInfo<T> type)
        where T : class
    {
        if (text is null || !Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var opened = sealer.Unseal(
                Place,
                binding,
                purpose,
                Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(text))
            );
            return JsonSerializer.Deserialize(opened, type);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
