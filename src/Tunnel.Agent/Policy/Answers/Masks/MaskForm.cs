namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>How a value is masked. <see cref="MaskForms"/> has the names in the configuration.</summary>
internal enum MaskForm
{
    /// <summary>The first character and the domain remain: <c>a***@example.com</c>.</summary>
    Email,

    /// <summary>The last two digits and the separators remain: <c>+** ** *****67</c>.</summary>
    Phone,

    /// <summary>The country and the last four characters remain: <c>DE** **** 3000</c>.</summary>
    Iban,

    /// <summary>The last four digits remain: <c>**** 1111</c>.</summary>
    Card,

    /// <summary>The last four characters remain, of at least eight.</summary>
    Last4,

    /// <summary>A keyed digest: equal values have equal masks.</summary>
    Hash,

    /// <summary>Nothing remains.</summary>
    Text,
}
