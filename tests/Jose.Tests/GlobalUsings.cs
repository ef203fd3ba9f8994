global using System.Text;
global using Shouldly;
global using Xunit;
