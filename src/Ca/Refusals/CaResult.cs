using System.Diagnostics.CodeAnalysis;

namespace Culvert.Ca.Refusals;

/// <summary>Either a value or a refusal.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct CaResult<T>
    where T : class
{
    private CaResult(T? value, CaRefusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Refusal is null;

    public T? Value { get; }

    public CaRefusal? Refusal { get; }

    public static implicit operator CaResult<T>(T value) => new(value, null);

    public static implicit operator CaResult<T>(CaRefusal refusal) => new(null, refusal);
}
