using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

[CollectionDefinition(Name)]
public sealed class IngressSystemCollection : ICollectionFixture<IngressSystem>
{
    public const string Name = "ingress system";
}
