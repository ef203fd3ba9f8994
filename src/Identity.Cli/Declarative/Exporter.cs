using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>Writes the service's objects as files that declare them: one per resource, in a folder per kind.</summary>
internal static class Exporter
{
    public static IReadOnlyList<string> Write(LiveState live, string folder)
    {
        List<string> files = [];
        foreach (var resource in live.Resources)
        {
            var path = Path.Combine(folder, resource.Kind.Word, FileName(resource.Name) + ".yaml");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            OutFile.WritePublic(path, ToYaml(resource));
            files.Add(path);
        }

        return files;
    }

    public static string ToYaml(LiveResource resource) =>
        YamlText.Format(
            new JsonObject
            {
                ["kind"] = resource.Kind.Word,
                ["name"] = resource.Name,
                ["spec"] = Filled(resource),
            }
        );

    // Empty lists are written, because they have a meaning; fields without a value are not.
    private static JsonObject Filled(LiveResource resource)
    {
        var spec = new JsonObject();
        foreach (var (name, value) in resource.Spec)
        {
            if (WithoutNull(value) is { } kept)
            {
                spec[name] = kept;
            }
        }

        return spec;
    }

    private static JsonNode? WithoutNull(JsonNode? value)
    {
        if (value is not JsonObject o)
        {
            return value?.DeepClone();
        }

        var members = new JsonObject();
        foreach (var (name, member) in o)
        {
            if (WithoutNull(member) is { } kept)
            {
                members[name] = kept;
            }
        }

        return members;
    }

    // A tunnel's name is free text.
    private static string FileName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')).TrimStart('.')
            is { Length: > 0 } safe
            ? safe.Length > 100
                ? safe[..100]
                : safe
            : "_";
}
