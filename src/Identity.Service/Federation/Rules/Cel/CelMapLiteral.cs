namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Keys are strings, booleans, ints and uints, each once.</summary>
internal sealed class CelMapLiteral(int position, IReadOnlyList<CelNode> keys, IReadOnlyList<CelNode> values)
    : CelNode(position, CelType.Map, Above([.. keys, .. values]))
{
    public override IReadOnlyList<CelNode> Children => [.. keys, .. values];

    protected override object Compute(CelFrame frame)
    {
        var entries = new List<KeyValuePair<object, object>>(keys.Count);
        var map = new CelLiteralMap(entries);
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i].Evaluate(frame);
            var value = values[i].Evaluate(frame);
            if ((key as CelErrorValue ?? value as CelErrorValue) is { } error)
            {
                return error;
            }

            if (key is not (string or bool or long or ulong))
            {
                return CelErrorValue.NoOverload("a map's key", key);
            }

            if (map.Find(key, frame) is not null)
            {
                return new CelErrorValue("a map has a key twice");
            }

            entries.Add(new(key, value));
        }

        return map;
    }
}
