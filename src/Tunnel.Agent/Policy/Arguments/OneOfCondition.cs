using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// <c>const</c> and <c>enum</c>: text is compared by character, numbers by value, text never with numbers.
/// </summary>
internal sealed class OneOfCondition : ValueCondition
{
    // From this number of numbers on, comparing with each takes longer than a text of the value's digits.
    private const int ManyNumbers = 17;

    private readonly IReadOnlyList<ConfigLiteral> literals;
    private readonly HashSet<string> texts;
    private readonly byte[][] numbers;
    private readonly HashSet<string> many = new(StringComparer.Ordinal); // their texts, if they are many

    public OneOfCondition(string key, IReadOnlyList<ConfigLiteral> literals)
        : base(key, GetKinds(literals))
    {
        this.literals = literals;
        texts = new(literals.Where(l => l.Kind == ConfigLiteralKind.Text).Select(l => l.Text), StringComparer.Ordinal);
        numbers =
        [
            .. literals.Where(l => l.Kind == ConfigLiteralKind.Number).Select(l => Encoding.ASCII.GetBytes(l.Text)),
        ];
        foreach (var number in numbers.Length < ManyNumbers ? [] : numbers)
        {
            if (JsonNumber.TryRead(number, out var value))
            {
                many.Add(value.ToString());
            }
        }
    }

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        value.ValueKind switch
        {
            JsonValueKind.String => texts.Count > 0 && JsonText.TryGet(value, out var text) && texts.Contains(text),
            JsonValueKind.Number => numbers.Length > 0 && IsOneOf(JsonMarshal.GetRawUtf8Value(value)),
            JsonValueKind.True => Has("true"),
            JsonValueKind.False => Has("false"),
            _ => false,
        };

    public override string Describe() => $"{Key} {string.Join(", ", literals.Select(literal => literal.Text))}";

    public override string ToString() => string.Join('\0', literals);

    private bool Has(string boolean) =>
        literals.Any(l =>
            l.Kind == ConfigLiteralKind.Boolean && string.Equals(l.Text, boolean, StringComparison.Ordinal)
        );

    private bool IsOneOf(ReadOnlySpan<byte> json)
    {
        if (!JsonNumber.TryRead(json, out var number))
        {
            return false;
        }

        if (many.Count > 0)
        {
            return many.Contains(number.ToString());
        }

        foreach (var written in numbers)
        {
            if (JsonNumber.TryRead(written, out var wanted) && number.CompareTo(wanted) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static ValueKinds GetKinds(IReadOnlyList<ConfigLiteral> literals) =>
        literals.Aggregate(
            ValueKinds.None,
            (kinds, literal) =>
                kinds
                | literal.Kind switch
                {
                    ConfigLiteralKind.Text => ValueKinds.Text,
                    ConfigLiteralKind.Number => ValueKinds.Number,
                    _ => ValueKinds.Boolean,
                }
        );
}
