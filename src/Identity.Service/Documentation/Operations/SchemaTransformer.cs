using System.Text.Json;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>
/// Describes the values that the service's own JSON converters write; the serializer has no metadata for them.
/// </summary>
internal sealed class SchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        // The default of a record's parameter only lets the member be absent.
        schema.Default = null;
        var type = context.JsonTypeInfo.Type;
        var isNullable = Nullable.GetUnderlyingType(type) is not null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
        {
            // A null member clears the value; an absent member leaves it unchanged.
            type = type.GetGenericArguments()[0];
            isNullable = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
            type = Nullable.GetUnderlyingType(type) ?? type;
        }
        else if (type != typeof(DateTimeOffset))
        {
            return Task.CompletedTask;
        }

        if (FindType(type) is { } simple)
        {
            schema.Type = isNullable ? simple | JsonSchemaType.Null : simple;
            schema.Format = type == typeof(DateTimeOffset) ? "date-time" : schema.Format;
        }

        return Task.CompletedTask;
    }

    /// <summary>Null = any JSON.</summary>
    private static JsonSchemaType? FindType(Type type) =>
        type == typeof(string) || type == typeof(DateTimeOffset) ? JsonSchemaType.String
        : type == typeof(int) || type == typeof(long) ? JsonSchemaType.Integer
        : type == typeof(bool) ? JsonSchemaType.Boolean
        : type == typeof(JsonElement) || type == typeof(RawJson) ? null
        : JsonSchemaType.Object;
}
