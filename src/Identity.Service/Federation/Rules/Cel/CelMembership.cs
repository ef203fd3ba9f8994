namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>in</c>: an element of a list, or a key of a map.</summary>
internal static class CelMembership
{
    public static object Contains(object element, object container, CelFrame frame)
    {
        if (container is CelMap map)
        {
            return map.Find(element, frame) is not null;
        }

        if (container is not CelList list)
        {
            return CelErrorValue.NoOverload("in", element, container);
        }

        object result = false;
        foreach (var item in list.Items)
        {
            var equal = CelEquality.Compare(element, item, frame);
            if (equal is true || frame.IsOverBudget)
            {
                return equal;
            }

            result = equal is CelErrorValue ? equal : result;
        }

        return result;
    }
}
