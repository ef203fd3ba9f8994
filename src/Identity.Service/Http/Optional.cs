using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Http;

/// <summary>A member of a partial update: absent is not the same as null.</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
internal readonly record struct Optional<T>
{
    public Optional(T value)
    {
        IsSet = true;
        Value = value;
    }

    public bool IsSet { get; }

    public T? Value { get; }

    public T? Or(T? other) => IsSet ? Value : other;
}
