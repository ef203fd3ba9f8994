using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Errors;

/// <summary>What an operation gave: a value or the refusal that says why there is none, exactly one of both.</summary>
/// <typeparam name="T">The value's type.</typeparam>
internal readonly record struct Result<T>
    where T : notnull
{
    private Result(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
        IsOk = refusal is null;
    }

    /// <summary>True when there is a value. A default instance has none: it is not taken for a success.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk { get; }

    /// <summary>The value; null when refused.</summary>
    public T? Value { get; }

    /// <summary>The refusal; null when there is a value.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value, or else the refusal to return.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = Value;
        refusal = Refusal;
        return IsOk;
    }

    /// <summary>For interfaces, from which C# has no implicit conversion.</summary>
    public static Result<T> Ok(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
