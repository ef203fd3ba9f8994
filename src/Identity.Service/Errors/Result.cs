using System.Diagnostics.CodeAnalysis;

namespace Culvert.Identity.Service.Errors;

internal readonly record struct Result<T>
    where T : notnull
{
    private Result(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
        IsOk = refusal is null;
    }

    /// <summary>True if there is a value. A default instance has none, so it never counts as a success.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk { get; }

    public T? Value { get; }

    public Refusal? Refusal { get; }

    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = Value;
        refusal = Refusal;
        return IsOk;
    }

    /// <summary>For interface types, for which C# has no implicit conversion.</summary>
    public static Result<T> Ok(T value) => new(value, null);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
