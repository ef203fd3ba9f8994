using Culvert.Platform.Wire;

namespace Culvert.Platform.Configuration;

/// <summary>Getters of ids, which have a fixed form: an invalid value is reported before the network is used.</summary>
public static class ConfigIds
{
    /// <summary>An id of the service, or the given word; empty when absent.</summary>
    public static string Id(
        this ConfigSection section,
        string key,
        string tag,
        string remedy,
        bool isRequired = false,
        string? word = null
    )
    {
        var id = isRequired ? section.RequiredString(key) : section.String(key);
        if (id.Length > 0 && id != word && !TaggedId.IsWellFormed(tag, id))
        {
            section.Error(
                key,
                $"This is not an id of the form {tag}{TaggedId.Version} and {TaggedId.RandomCharacters} letters and digits.",
                remedy
            );
        }

        return id;
    }

    /// <summary>A UUID (RFC 9562 §4) with its hyphens; empty when absent.</summary>
    public static string Uuid(this ConfigSection section, string key, string remedy)
    {
        var id = section.String(key);
        if (id.Length > 0 && !Guid.TryParseExact(id, "D", out _))
        {
            section.Error(key, "This is not a UUID, such as 018f4c1e-7c2a-7b3d-9e5f-0a1b2c3d4e5f.", remedy);
        }

        return id;
    }
}
