using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>
/// Reads the resources of a folder: every <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> in and below it, each with one or
/// several documents <c>{kind, name, spec}</c>. All errors are reported at once.
/// </summary>
internal static class ResourceFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly string[] Members = ["kind", "name", "spec"];

    public static IReadOnlyList<DeclaredResource> Read(string path)
    {
        List<string> errors = [];
        List<DeclaredResource> resources = [];
        foreach (var file in FindFiles(path))
        {
            ReadFile(file, resources, errors);
        }

        foreach (var twice in resources.GroupBy(resource => resource.Title).Where(group => group.Count() > 1))
        {
            errors.Add($"{twice.Last().Source}: {twice.Key} is already declared in {twice.First().Source}");
        }

        return errors.Count == 0
            ? resources
            : throw new CommandFailure(ExitCode.Configuration, string.Join('\n', errors))
            {
                Where = path,
                Next = "run culvert schema for the format of these files; docs/declarative.md explains it",
            };
    }

    private static string[] FindFiles(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new CommandFailure(ExitCode.Usage, "the folder or file does not exist") { Where = path };
        }

        return
        [
            .. Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => Extensions.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static void ReadFile(string file, List<DeclaredResource> resources, List<string> errors)
    {
        try
        {
            var stream = new YamlStream();
            using var text = File.OpenText(file);
            stream.Load(text);
            foreach (var document in stream.Documents)
            {
                ReadDocument(file, document.RootNode, resources, errors);
            }
        }
        catch (YamlException e)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{e.Start.Line}: {e.Message}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{file}: {e.Message}");
        }
    }

    private static void ReadDocument(string file, YamlNode root, List<DeclaredResource> resources, List<string> errors)
    {
        var source = string.Create(CultureInfo.InvariantCulture, $"{file}:{root.Start.Line}");
        if (YamlNodes.ToJson(root) is not JsonObject document)
        {
            errors.Add($"{source}: a resource is a mapping with kind, name and spec");
            return;
        }

        foreach (var (name, _) in document.Where(member => !Members.Contains(member.Key)))
        {
            errors.Add($"{source}: {name} is unknown; use kind, name and spec");
        }

        if (FindText(document, "kind") is not { } word || ResourceKind.FindByWord(word) is not { } kind)
        {
            errors.Add($"{source}: kind is one of {string.Join(", ", ResourceKind.All.Select(one => one.Word))}");
            return;
        }

        if (FindText(document, "name") is not { Length: > 0 } called)
        {
            errors.Add($"{source}: name is missing");
            return;
        }

        var spec = document["spec"] switch
        {
            null => [],
            JsonObject written => (JsonObject)written.DeepClone(),
            _ => null,
        };
        if (spec is null)
        {
            errors.Add($"{source}: spec is a mapping");
            return;
        }

        errors.AddRange(FindErrors(kind, spec).Select(error => $"{source}: {kind.Word} {called}: {error}"));
        resources.Add(new DeclaredResource(kind, called, spec, source));
    }

    private static IEnumerable<string> FindErrors(ResourceKind kind, JsonObject spec)
    {
        foreach (var (name, value) in spec)
        {
            if (kind.Find(name) is not { } field)
            {
                yield return $"{name} is unknown; known are {string.Join(", ", kind.Fields.Select(one => one.Name))}";
            }
            else if (!Fits(field, value))
            {
                yield return $"{name} must be {Describe(field)}";
            }
            else
            {
                foreach (var error in field.FindErrors?.Invoke(value) ?? [])
                {
                    yield return $"{name}: {error}";
                }
            }
        }

        foreach (var field in kind.Fields.Where(field => field.IsRequired && spec[field.Name] is null))
        {
            yield return $"{field.Name} is missing";
        }
    }

    private static bool Fits(ResourceField field, JsonNode? value) =>
        (field.Type, value) switch
        {
            (_, null) => !field.IsRequired,
            (FieldType.Text, JsonValue v) => v.TryGetValue(out string? text)
                && (field.Words.Count == 0 || field.Words.Contains(text)),
            (FieldType.Number, JsonValue v) => v.TryGetValue(out long _),
            (FieldType.Boolean, JsonValue v) => v.TryGetValue(out bool _),
            (FieldType.TextSet, JsonArray list) => list.All(item =>
                item is JsonValue v && v.TryGetValue(out string? _)
            ),
            (FieldType.TextMap, JsonObject map) => map.All(member =>
                member.Value is JsonValue v && v.TryGetValue(out string? _)
            ),
            (FieldType.Object, JsonObject) => true,
            (FieldType.ObjectList, JsonArray list) => list.All(item => item is JsonObject),
            _ => false,
        };

    private static string Describe(ResourceField field) =>
        field switch
        {
            { Words.Count: > 0 } => $"one of {string.Join(", ", field.Words)}",
            { Type: FieldType.Text } => "a string (in quotes if YAML would read it as another type)",
            { Type: FieldType.Number } => "a whole number",
            { Type: FieldType.Boolean } => "true or false",
            { Type: FieldType.TextSet } => "a list of texts",
            { Type: FieldType.TextMap } => "a mapping of texts (write each as a block: \"|\")",
            { Type: FieldType.Object } => "a mapping",
            _ => "a list of mappings",
        };

    private static string? FindText(JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
