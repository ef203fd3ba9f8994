using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>Schema names equal type names, so that generated clients have readable types.</summary>
internal sealed class SchemaNames
{
    // Two capabilities use the same type name for different things.
    private static readonly Dictionary<Type, string> Chosen = new()
    {
        [typeof(Tokens.Revocations.RevocationDocument)] = "TokenRevocationDocument",
        [typeof(Certificates.Revocation.RevocationDocument)] = "CertificateRevocationDocument",
        [typeof(Page<Audit.AuditEntryDocument>)] = "AuditListDocument",
        [typeof(Page<Certificates.Inventory.CertificateItemDocument>)] = "CertificateListDocument",
        [typeof(Page<Federation.Presets.Preset>)] = "PresetListDocument",
    };

    private readonly ConcurrentDictionary<string, Type> names = new(StringComparer.Ordinal);

    /// <summary>Null = the schema is written inline: values, lists and arbitrary JSON.</summary>
    public string? Find(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        if (
            type == typeof(JsonElement)
            || type == typeof(RawJson)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
            || OpenApiOptions.CreateDefaultSchemaReferenceId(info) is not { } name
        )
        {
            return null;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Page<>))
        {
            name = type.GenericTypeArguments[0].Name.Replace("Document", "ListDocument", StringComparison.Ordinal);
        }

        name = Chosen.GetValueOrDefault(type, name);
        if (names.GetOrAdd(name, type) != type)
        {
            // The framework would use one schema for both types.
            throw new InvalidOperationException($"{type} and {names[name]} are both called {name}.");
        }

        return name;
    }
}
