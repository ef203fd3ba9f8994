using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Adds an example to every body, composed of the values that <see cref="ExampleValues"/> has for its schema's members.
/// </summary>
internal sealed class ExampleWriter(OpenApiDocument document)
{
    // The limit for a schema that refers to itself.
    private const int MaxDepth = 12;

    public void Write()
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            foreach (
                var (type, content) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>()
            )
            {
                content.Example = CreateExample(type, content);
            }

            foreach (var (status, answer) in operation.Responses!)
            {
                if (status.StartsWith('2'))
                {
                    foreach (var (type, content) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
                    {
                        content.Example = CreateExample(type, content);
                    }
                }
            }
        }
    }

    private JsonNode? CreateExample(string type, OpenApiMediaType content) =>
        ExampleValues.Find(type) ?? CreateExample(content.Schema!, name: "", owner: "", depth: 0);

    /// <param name="name">The member that contains it; empty for a body.</param>
    /// <param name="owner">The schema that has the member.</param>
    private JsonNode? CreateExample(IOpenApiSchema schema, string name, string owner, int depth)
    {
        if (name.Length > 0 && (ExampleValues.Has($"{owner}.{name}") || IsValue(schema)))
        {
            return ExampleValues.Has($"{owner}.{name}")
                ? ExampleValues.Find($"{owner}.{name}")
                : ExampleValues.Find(name);
        }

        if (schema is OpenApiSchemaReference reference)
        {
            var id = reference.Reference.Id!;
            return depth > MaxDepth ? null
                : ExampleValues.Has(id) ? ExampleValues.Find(id)
                : CreateObject(document.Components!.Schemas![id], id, depth + 1);
        }

        if ((schema.OneOf is { Count: > 0 } ? schema.OneOf : schema.AnyOf)?.LastOrDefault() is { } chosen)
        {
            // The first alternative of two is null.
            return CreateExample(chosen, name, owner, depth);
        }

        return schema.Items is { } items ? new JsonArray(CreateExample(items, "", owner, depth + 1)) : null;
    }

    private JsonObject CreateObject(IOpenApiSchema schema, string id, int depth)
    {
        var example = new JsonObject();
        foreach (var (member, value) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            example[member] = CreateExample(value, member, id, depth);
        }

        return example;
    }

    /// <summary>Whether the table names the schema: it is neither an API object nor a list of them.</summary>
    private static bool IsValue(IOpenApiSchema schema) =>
        schema is not OpenApiSchemaReference
        && schema.OneOf is null or { Count: 0 }
        && schema.AnyOf is null or { Count: 0 }
        && schema.Items is not OpenApiSchemaReference;
}
