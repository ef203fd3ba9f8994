namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>A map whose entries all exist in advance: of an expression, or of a claim.</summary>
internal sealed class CelLiteralMap(IReadOnlyList<KeyValuePair<object, object>> entries) : CelMap
{
    public override int Count => entries.Count;

    public override IEnumerable<object> Keys => entries.Select(entry => entry.Key);

    public override object? Find(object key, CelFrame frame)
    {
        foreach (var (name, value) in entries)
        {
            if (!frame.Spend(1))
            {
                return CelErrorValue.OverBudget;
            }

            if (CelEquality.Compare(name, key, frame) is true)
            {
                return value;
            }
        }

        return null;
    }
}
